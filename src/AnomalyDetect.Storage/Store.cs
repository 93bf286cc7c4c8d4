using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Decisions;
using AnomalyDetect.Storage.Deliveries;
using AnomalyDetect.Storage.Lanes;
using AnomalyDetect.Storage.Reading;
using AnomalyDetect.Storage.Verdicts;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Storage;

/// <summary>
/// One relational store (SQLite, WAL, <c>synchronous=FULL</c>): what lanes found, what was decided, what is to be sent and what was done, each change one
/// transaction. All parts are thread-safe. Every failure of the database is a <see cref="StoreException"/>; nothing of the failed call was written.
/// </summary>
public sealed class Store : IDisposable
{
    private readonly SqliteDatabase _database;

    private Store(SqliteDatabase database, StoreOptions options, IDeliveryRouter router, TimeProvider time, ILogger logger)
    {
        _database = database;
        var outbox = new SqliteOutbox(database, time, logger);
        Outbox = outbox;
        Lanes = new SqliteLaneStore(database, options, router, outbox, time);
        Decisions = new SqliteDecisionStore(database, router, outbox, time);
        Verdicts = new SqliteVerdictStore(database, time);
        Ledger = new SqliteLedger(database, time);
        Queries = new SqliteQueries(database);
        ApiKeys = new SqliteApiKeyStore(database, time);
    }

    public ILaneStore Lanes { get; }

    public IOutbox Outbox { get; }

    public IDecisionStore Decisions { get; }

    public IVerdictStore Verdicts { get; }

    public ILedger Ledger { get; }

    public IQueries Queries { get; }

    public IApiKeyStore ApiKeys { get; }

    /// <summary>For tests that make the disk fail.</summary>
    internal SqliteDatabase Database => _database;

    /// <summary>Opens the store, creating it or bringing its schema up to date.</summary>
    /// <param name="router">Asked inside the transactions; must be pure.</param>
    /// <param name="time">For when things were recorded and fall due.</param>
    /// <exception cref="StoreException">It cannot be opened, is damaged, held by another process, or was written by a newer program.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static Store Open(StoreOptions options, IDeliveryRouter router, TimeProvider time, ILogger logger)
    {
        var database = SqliteDatabase.Open(options, time);
        return new Store(database, options, router, time, logger);
    }

    /// <summary>Waits for the transaction being written, if any. Calls after this throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _database.Dispose();
}
