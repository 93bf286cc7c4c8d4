using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using CsCheck;

namespace AnomalyDetect.Storage.Tests.Lanes;

[TestClass]
public sealed class ReplayProperties
{
    /// <summary>What came of the record at each offset of a lane's log: growth of an alert, a decision, a rejection or nothing.</summary>
    private static readonly Gen<(int What, int Which)[]> Log = Gen.Select(Gen.Int[0, 4], Gen.Int[1, 4]).Array[1, 25];

    /// <summary>How far a commit goes, and how far the lane is thrown back after it.</summary>
    private static readonly Gen<(int Length, int Back, bool Restart)[]> Cuts = Gen.Select(Gen.Int[1, 6], Gen.Int[0, 8], Gen.Bool).Array[1, 8];

    [TestMethod]
    public void Commits_cut_and_replayed_in_any_way_leave_what_an_undisturbed_run_leaves() =>
        Gen.Select(Log, Log, Cuts).Sample(
            (first, second, cuts) =>
            {
                using var undisturbed = new TestStore();
                using var disturbed = new TestStore();
                Commit[][] logs = [Outcomes(first, lane: 0), Outcomes(second, lane: 1)];
                foreach (var log in logs)
                {
                    foreach (var commit in log) undisturbed.Lanes.Commit([commit([])]);
                }

                Replay(disturbed, logs, cuts);
                Assert.AreEqual(Content(undisturbed), Content(disturbed));
                disturbed.AssertWhole();
            },
            iter: 40, threads: 2);

    private static void Replay(TestStore store, Commit[][] logs, (int Length, int Back, bool Restart)[] cuts)
    {
        var positions = new int[logs.Length];
        for (var turn = 0; positions.Zip(logs).Any(p => p.First < p.Second.Length); turn++)
        {
            // Only so many throws back, or it would never end.
            var (length, back, restart) = cuts[turn % cuts.Length];
            var commits = new List<LaneCommit>();
            for (var lane = 0; lane < logs.Length; lane++)
            {
                var (from, to) = (positions[lane], Math.Min(positions[lane] + length, logs[lane].Length));
                if (from == to) continue;
                commits.Add(logs[lane][to - 1](logs[lane].AsSpan(from, to - 1 - from)));
                positions[lane] = turn < 20 ? Math.Max(0, to - back) : to;
            }

            store.Lanes.Commit(commits);
            if (restart && turn < 3) store.Reopen();
        }
    }

    /// <summary>A commit of one record, or of it and those before it as one.</summary>
    private delegate LaneCommit Commit(ReadOnlySpan<Commit> before);

    private static Commit[] Outcomes((int What, int Which)[] log, int lane)
    {
        var revisions = new int[5];
        var commits = new Commit[log.Length];
        for (var i = 0; i < log.Length; i++)
        {
            var (what, which) = log[i];
            var (number, tenant, next) = ((lane * 100) + which, $"tenant-{lane}", i + 1);
            List<object> items = [];
            if (what <= 1)
            {
                var alert = Some.Alert(number, ++revisions[which], tenant);
                items.Add(alert);
                if (what == 0) items.AddRange([Some.Notification(alert), Some.Notification(alert, Audience.TenantAdmin)]);
            }
            else if (what == 2) items.Add(Some.Decision(number, tenant, simulated: which == 4));
            else if (what == 3) items.Add(Some.Rejection(i));

            commits[i] = before =>
            {
                var whole = Some.Commit($"lane-{lane}", next);
                var rejections = new List<Core.Events.Rejection>();
                foreach (var earlier in before) Add(whole, rejections, earlier([]));
                Add(whole, rejections, Some.Commit($"lane-{lane}", next, [.. items]));
                return whole with { Rejections = rejections };
            };
        }

        return commits;
    }

    private static void Add(LaneCommit to, List<Core.Events.Rejection> rejections, LaneCommit from)
    {
        to.Outcome.Alerts.AddRange(from.Outcome.Alerts);
        to.Outcome.Decisions.AddRange(from.Outcome.Decisions);
        to.Outcome.Notifications.AddRange(from.Outcome.Notifications);
        rejections.AddRange(from.Rejections);
    }

    /// <summary>All that was stored, without the order in which lanes happened to take turns.</summary>
    private static string Content(TestStore store) => string.Join(
        "\n--\n",
        store.Dump("id, tenant_id, detected_at, revision", "alert"),
        store.Dump("alert_id, revision, json", "alert_revision"),
        store.Dump("id, audience, json", "notification"),
        store.Dump("id, tenant_id, expires_at, state, json", "decision"),
        store.Dump("id, target, kind, subject_id, tenant_id, body, not_after, state, attempts, due_at, result", "delivery"),
        store.Dump("kind, subject, payload_hash, payload", "ledger"),
        store.Dump("lane, partition, position, item, reason, detail, sample", "rejection"),
        store.Dump("name, value", "counter"),
        store.Dump("name, outcome_offset", "lane"));
}
