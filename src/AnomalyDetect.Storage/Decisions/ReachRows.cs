using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Storage.Database;

namespace AnomalyDetect.Storage.Decisions;

/// <summary>Whom and what revocations cut off, within a transaction of whoever calls.</summary>
internal static class ReachRows
{
    private const string Put = """
        INSERT INTO decision_reach (decision, principals, sessions, tokens) VALUES ($1, $2, $3, $4)
        ON CONFLICT (decision) DO UPDATE SET principals = excluded.principals, sessions = excluded.sessions, tokens = excluded.tokens
        """;

    /// <summary>Adds the marks to the sketches, and what these come to to the decision's tally, which is there already. Returns by how much it grew.</summary>
    internal static DecisionReach Add(SqliteSession session, string decision, EndedMarks marks)
    {
        var before = session["SELECT principals, sessions, tokens FROM decision_reach WHERE decision = $1"]
            .First(row => new Reached(new(row.Bytes(0)), new(row.Bytes(1)), new(row.Bytes(2))), decision) ?? new Reached(new(), new(), new());
        var was = before.Estimate();
        foreach (var mark in marks.Principals) before.Principals.Add(mark);
        foreach (var mark in marks.Sessions) before.Sessions.Add(mark);
        foreach (var mark in marks.Tokens) before.Tokens.Add(mark);
        var now = before.Estimate();
        session[Put].Run(decision, before.Principals.Ranks.ToArray(), before.Sessions.Ranks.ToArray(), before.Tokens.Ranks.ToArray());
        session["UPDATE decision_enforcement SET principals = $2, sessions = $3, tokens = $4 WHERE decision = $1"].Run(decision, now.Principals, now.Sessions, now.Tokens);
        return new DecisionReach(now.Principals - was.Principals, now.Sessions - was.Sessions, now.Tokens - was.Tokens);
    }

    private sealed record Reached(DistinctSketch Principals, DistinctSketch Sessions, DistinctSketch Tokens)
    {
        internal DecisionReach Estimate() => new(Principals.Estimate(), Sessions.Estimate(), Tokens.Estimate());
    }
}
