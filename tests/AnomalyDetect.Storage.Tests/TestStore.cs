using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AnomalyDetect.Storage.Tests;

/// <summary>A real store in a folder of its own, at a clock that only moves when told.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly int _rejectionsKept;

    internal TestStore(int rejectionsKept = 100, GuardOptions? guards = null)
    {
        (_rejectionsKept, GuardOptions) = (rejectionsKept, guards ?? new GuardOptions());
        Folder = Directory.CreateTempSubdirectory("anomalydetect-store-").FullName;
        File = Path.Combine(Folder, "store.db");
        Store = Open();
    }

    internal string Folder { get; }

    internal string File { get; }

    internal Store Store { get; private set; }

    internal Targets Targets { get; } = new();

    /// <summary>Taken when the store is opened.</summary>
    internal GuardOptions GuardOptions { get; set; }

    internal FakeTimeProvider Clock { get; } = new(Some.Time);

    internal DateTime Now => Clock.GetUtcNow().UtcDateTime;

    internal ILaneStore Lanes => Store.Lanes;

    internal IOutbox Outbox => Store.Outbox;

    internal IDecisionStore Decisions => Store.Decisions;

    internal IGuardStore Guards => Store.Guards;

    internal ILedger Ledger => Store.Ledger;

    internal void Commit(string lane, long next, params ReadOnlySpan<object> items) => Lanes.Commit([Some.Commit(lane, next, items)]);

    internal LedgerVerdict Verify(string? knownHead = null) => Ledger.Verify(knownHead, CancellationToken.None);

    internal void AssertWhole()
    {
        var verdict = Verify();
        Assert.IsNull(verdict.FirstBad, verdict.Reason);
    }

    internal void Reopen()
    {
        Store.Dispose();
        Store = Open();
    }

    /// <summary>Opens the database of another folder with the same options.</summary>
    internal Store Open(string? file = null) => Store.Open(
        new StoreOptions { Path = file ?? File, RejectionsKept = _rejectionsKept, BusyTimeout = TimeSpan.FromSeconds(1) }, Targets, Clock, NullLogger.Instance, GuardOptions);

    /// <summary>A connection past the store, as an attacker or another program would have it.</summary>
    internal SqliteConnection Raw()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False;Foreign Keys=False");
        connection.Open();
        return connection;
    }

    /// <summary>Runs SQL past the store; returns the rows changed.</summary>
    internal int Sql(string sql)
    {
        using var connection = Raw();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    internal string Scalar(string sql)
    {
        using var connection = Raw();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }

    /// <summary>All of a table, one line a row, ordered, without the columns that name when or in which order it came.</summary>
    internal string Dump(string columns, string from)
    {
        using var connection = Raw();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {columns} FROM {from}";
        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount)
                .Select(i => reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
        }

        return string.Join('\n', lines.Order(StringComparer.Ordinal));
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
