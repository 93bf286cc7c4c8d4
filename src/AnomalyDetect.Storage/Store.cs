using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Storage.Cases;
using AnomalyDetect.Storage.Chain;
using AnomalyDetect.Storage.Database;
using AnomalyDetect.Storage.Decisions;
using AnomalyDetect.Storage.Deliveries;
using AnomalyDetect.Storage.Guards;
using AnomalyDetect.Storage.Lanes;
using AnomalyDetect.Storage.Reading;
using AnomalyDetect.Storage.Verdicts;
using AnomalyDetect.Storage.Work;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Storage;

/// <summary>
/// One relational store (SQLite, WAL, <c>synchronous=FULL</c>): what lanes found, what was decided, what is to be sent and what was done, each change one
/// transaction. All parts are thread-safe. Every failure of the database is a <see cref="StoreException"/>; nothing of the failed call was written.
/// </summary>
public sealed class Store : IDisposable
{
    private readonly SqliteDatabase _database;

    private Store(SqliteDatabase database, StoreOptions options, GuardOptions guards, IDeliveryRouter router, TimeProvider time, ILogger logger)
    {
        _database = database;
        var outbox = new SqliteOutbox(database, time, logger);
        Outbox = outbox;
        var log = new SqliteAlertLog(database, logger);
        AlertLog = log;
        AlertCases = new SqliteAlertCaseStore(database, log, time);
        var guard = new SqliteGuardStore(database, guards, router, outbox, time);
        Guards = guard;
        Lanes = new SqliteLaneStore(database, options, router, outbox, log, guard, time);
        Decisions = new SqliteDecisionStore(database, router, outbox, guard, time);
        Bouncers = new SqliteBouncerStore(database, time);
        AlertWork = new SqliteAlertWorkStore(database, router, outbox, time);
        Playbooks = new SqlitePlaybookHistory(database, time);
        Verdicts = new SqliteVerdictStore(database, time);
        Ledger = new SqliteLedger(database, time);
        Queries = new SqliteQueries(database);
        ApiKeys = new SqliteApiKeyStore(database, time);
    }

    public ILaneStore Lanes { get; }

    public IOutbox Outbox { get; }

    public IDecisionStore Decisions { get; }

    public IGuardStore Guards { get; }

    public IBouncerStore Bouncers { get; }

    public IAlertWorkStore AlertWork { get; }

    public IPlaybookHistory Playbooks { get; }

    public IVerdictStore Verdicts { get; }

    public ILedger Ledger { get; }

    public IQueries Queries { get; }

    public IAlertCaseStore AlertCases { get; }

    public IAlertLog AlertLog { get; }

    public IApiKeyStore ApiKeys { get; }

    /// <summary>For tests that make the disk fail.</summary>
    internal SqliteDatabase Database => _database;

    /// <summary>Opens the store, creating it or bringing its schema up to date.</summary>
    /// <param name="router">Asked inside the transactions; must be pure.</param>
    /// <param name="time">For when things were recorded and fall due.</param>
    /// <exception cref="StoreException">It cannot be opened, is damaged, held by another process, or was written by a newer program.</exception>
    /// <param name="guards">What stands between a decision and its taking effect; null: the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static Store Open(StoreOptions options, IDeliveryRouter router, TimeProvider time, ILogger logger, GuardOptions? guards = null)
    {
        guards ??= new GuardOptions();
        if (guards.Problems() is [var problem, ..]) throw new ArgumentException(problem, nameof(guards));
        var database = SqliteDatabase.Open(options, time);
        return new Store(database, options, guards, router, time, logger);
    }

    /// <summary>Waits for the transaction being written, if any. Calls after this throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _database.Dispose();
}
