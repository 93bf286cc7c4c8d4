using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using Microsoft.Data.Sqlite;

namespace AnomalyDetect.Storage.Tests.Database;

[TestClass]
public sealed class OpeningTests
{
    [TestMethod]
    public void A_new_stores_files_and_folder_are_their_owners_only()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("file modes are Unix's");
            return;
        }

        using var store = new TestStore();
        var file = Path.Combine(store.Folder, "new", "folder", "store.db");
        using var opened = store.Open(file);
        opened.Lanes.Commit([Some.Commit("lane", 1, Some.Alert(1))]);
        foreach (var f in new[] { file, file + "-wal", file + "-shm" })
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f), f);
        Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
    }

    [TestMethod]
    public void A_commit_is_on_disk_before_it_returns()
    {
        using var store = new TestStore();
        Assert.AreEqual(2L, store.Store.Database.Write(s => s["PRAGMA synchronous"].Number()), "FULL");
        Assert.AreEqual("wal", store.Store.Database.Write(s => s["PRAGMA journal_mode"].First(row => row.GetString(0))));
        Assert.AreEqual(1L, store.Store.Database.Write(s => s["PRAGMA foreign_keys"].Number()));
    }

    [TestMethod]
    public void Opening_again_changes_nothing()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1));
        var schema = store.Dump("sql", "sqlite_schema");
        var versions = store.Dump("version, applied_at", "schema_version");
        store.Clock.Advance(TimeSpan.FromDays(1));
        store.Reopen();
        Assert.AreEqual(schema, store.Dump("sql", "sqlite_schema"));
        Assert.AreEqual(versions, store.Dump("version, applied_at", "schema_version"));
        Assert.AreEqual(1, store.Store.Queries.Totals().Alerts);
    }

    [TestMethod]
    public void A_store_of_the_first_schema_is_brought_up_to_date()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1));
        store.Sql(WithoutAlertWork + WithoutResponse + WithoutEnforcement + WithoutVerdicts + "DROP INDEX alert_by_state; ALTER TABLE alert DROP COLUMN state; DELETE FROM schema_version WHERE version > 1");
        store.Reopen();
        Assert.HasCount(1, store.Store.Queries.Alerts(new AlertQuery { State = AlertState.Open }));
        store.Commit("lane", 2, Some.Alert(1, 2) with { State = AlertState.Resolved });
        Assert.IsEmpty(store.Store.Queries.Alerts(new AlertQuery { State = AlertState.Open }));
    }

    [TestMethod]
    public void A_store_without_verdicts_is_brought_up_to_date()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1));
        store.Sql(WithoutAlertWork + WithoutResponse + WithoutEnforcement + WithoutVerdicts + "DELETE FROM schema_version WHERE version > 2");
        store.Reopen();
        Assert.HasCount(1, store.Store.Queries.Alerts(new AlertQuery { Unjudged = true }));
        Assert.IsNotNull(store.Store.Verdicts.Give(Some.Id(1), Verdict.Benign, "ann", "a load test"));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_store_without_enforcement_is_brought_up_to_date_and_its_dry_runs_stay_out_of_the_feed()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(2, simulated: true), Some.Decision(1));
        store.Sql(WithoutAlertWork + WithoutResponse + WithoutEnforcement + "UPDATE decision SET feed_sequence = NULL WHERE state = 1; DELETE FROM schema_version WHERE version > 3");
        store.Reopen();
        store.AssertWhole();
        Assert.AreEqual(Some.Decision(1).Id, store.Decisions.Feed(0, null, 10, simulated: true).Single().Decision.Id);
        store.Decisions.Report(new EnforcementBatch("k1/a", 1, "key k1", [new Enforcement(Some.Decision(1).Id, new EnforcementTally(Some.Time, Some.Time, 1))]), []);
        Assert.AreEqual(1, store.Decisions.Find(Some.Decision(1).Id)!.Enforced!.Count);
        store.AssertWhole();
    }

    [TestMethod]
    public void A_decision_made_before_guards_is_found_by_what_it_is_aimed_at_and_can_be_undone()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1));
        store.Sql(WithoutAlertWork + WithoutResponse + "DELETE FROM schema_version WHERE version > 4");
        store.Reopen();
        store.AssertWhole();
        Assert.AreEqual(Some.Decision(1).Id, store.Decisions.Against("acme", "203.0.113.7", store.Now).Single().Decision.Id);
        CollectionAssert.AreEqual(new[] { "requested" }, store.Decisions.Life(Some.Decision(1).Id).Select(s => s.Step).ToArray());
        Assert.AreEqual(1, store.Decisions.Undo(new DecisionFilter(null, Some.Time, ["acme"]), "ann", "a test", 10));
        store.AssertWhole();
    }

    /// <summary>The entry of the last approval goes with it: there was none then.</summary>
    private const string WithoutResponse =
        """
        DROP TABLE decision_step; DROP TABLE protection; DROP TABLE cool_off; DROP TABLE halt; DROP TABLE tenant_size; DROP TABLE escalation; DROP TABLE escalated; DROP TABLE playbook_taken;
        DROP INDEX decision_against; DROP INDEX decision_admitted; DROP INDEX decision_of_rule; DROP INDEX decision_waiting; DELETE FROM ledger WHERE kind = 'decision_step';
        ALTER TABLE decision DROP COLUMN type; ALTER TABLE decision DROP COLUMN scope; ALTER TABLE decision DROP COLUMN value; ALTER TABLE decision DROP COLUMN rule;
        ALTER TABLE decision DROP COLUMN admitted_at; ALTER TABLE decision DROP COLUMN approved_entry; ALTER TABLE decision DROP COLUMN waits_until;
        ALTER TABLE alert DROP COLUMN acknowledged_entry;

        """;

    private const string WithoutEnforcement = "DROP TABLE decision_enforcement; DROP TABLE enforcement_reporter; DROP INDEX decision_simulated; ";

    [TestMethod]
    public void A_store_without_the_columns_alerts_are_chosen_by_is_brought_up_to_date_from_what_is_recorded()
    {
        using var store = new TestStore();
        var network = new Entity(EntityKind.Address, "2001:db8::/64");
        var seen = new Finding(Signal.InvalidClaimInjection, network, Some.Time, Some.Time, Some.Time, 11, 0, 10, null);
        store.Commit("lane", 1, Some.Alert(1), Some.Decision(1), Some.Alert(2) with { EntityKind = EntityKind.Address, PrincipalId = null, Evidence = [seen] });
        store.Sql(WithoutAlertWork + "DELETE FROM schema_version WHERE version > 5");
        store.Reopen();
        var query = new AlertQuery
        {
            Signal = Signal.PolicyViolationBurst, MinimumSeverity = Severity.High, EntityKind = EntityKind.Principal, Entity = "user-1",
        };
        Assert.HasCount(1, store.Store.Queries.Alerts(query));
        Assert.IsEmpty(store.Store.Queries.Alerts(query with { MinimumSeverity = Severity.Critical }));
        Assert.AreEqual(Some.Id(2), store.Store.Queries.Alerts(new AlertQuery { Entity = network.Id }).Single().Cursor.Id);
        Assert.HasCount(1, store.Store.AlertLog.Decisions(Some.Id(1), 10));
        Assert.IsNotNull(store.Store.AlertCases.Resolve(Some.Id(1), "ann", "a test"));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_store_without_revocations_is_brought_up_to_date_and_asks_nobody_about_what_was_in_force_before()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1));
        store.Decisions.Report(new EnforcementBatch("k1/a", 1, "key k1", [new Enforcement(Some.Decision(1).Id, new EnforcementTally(Some.Time, Some.Time, 1))]), []);
        store.Sql(WithoutOperations + WithoutRevocation + "DELETE FROM schema_version WHERE version > 6");
        store.Reopen();
        store.AssertWhole();
        Assert.AreEqual(store.Decisions.FeedHead, store.Store.Bouncers.VerifiedUpTo);
        Assert.IsNull(store.Decisions.Find(Some.Decision(1).Id)!.Enforced!.Ended);
        var revoked = Some.Decision(2) with { AlertId = null, Type = DecisionType.RevokeToken, Scope = DecisionScope.Principal, Value = "ada" };
        Assert.AreEqual(DecisionState.Active, store.Decisions.Request(revoked, "key k1", "their laptop is gone").State);
        store.AssertWhole();
    }

    [TestMethod]
    public void A_script_below_the_newest_that_a_store_lacks_is_caught_up_with()
    {
        using var store = new TestStore();
        store.Sql(WithoutRevocation + "DELETE FROM schema_version WHERE version = 7");
        store.Reopen();
        Assert.AreEqual("1", store.Scalar("SELECT count(*) FROM schema_version WHERE version = 7"));
        Assert.AreEqual(0, store.Store.Bouncers.VerifiedUpTo);
    }

    private const string WithoutRevocation = """
        DROP INDEX decision_of_tenants; ALTER TABLE decision DROP COLUMN requested_by; ALTER TABLE decision DROP COLUMN verified_sequence; DROP TABLE decision_reach; DROP TABLE bouncer;
        ALTER TABLE decision_enforcement DROP COLUMN principals; ALTER TABLE decision_enforcement DROP COLUMN sessions; ALTER TABLE decision_enforcement DROP COLUMN tokens;
        DELETE FROM counter WHERE name = 'verified';

        """;

    private const string WithoutAlertWork = WithoutOperations + WithoutRevocation + """
        DROP INDEX api_key_previous; ALTER TABLE api_key DROP COLUMN expires_at; ALTER TABLE api_key DROP COLUMN previous_hash; ALTER TABLE api_key DROP COLUMN previous_until;
        ALTER TABLE api_key DROP COLUMN last_used_at; DROP INDEX alert_by_entity; ALTER TABLE alert DROP COLUMN signal; ALTER TABLE alert DROP COLUMN severity;
        ALTER TABLE alert DROP COLUMN entity_kind; ALTER TABLE alert DROP COLUMN entity; ALTER TABLE alert DROP COLUMN resolved_revision;
        ALTER TABLE alert DROP COLUMN resolved_entry; DROP TABLE manual_resolution; DROP TABLE alert_exception; DROP INDEX decision_by_alert; DROP INDEX delivery_notification;

        """;

    [TestMethod]
    public void A_store_without_halts_of_tenants_is_brought_up_to_date()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Decision(1), Some.Decision(2, "globex"));
        store.Sql(WithoutOperations + "DELETE FROM schema_version WHERE version > 8");
        store.Reopen();
        store.AssertWhole();
        Assert.IsNull(store.Store.Playbooks.Last());
        Assert.IsTrue(store.Guards.Halt("ann", "a test", "acme"));
        Assert.AreEqual(1, store.Guards.Withdraw(10));
        store.AssertWhole();
    }

    [TestMethod]
    public void A_store_without_clock_faults_is_brought_up_to_date()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1));
        store.Sql(WithoutClockFaults + "DELETE FROM schema_version WHERE version > 9");
        store.Reopen();
        Assert.AreEqual("10", store.Scalar("SELECT max(version) FROM schema_version"));
        Assert.IsEmpty(store.Store.Queries.ClockFaults([], null, 10));
        store.Commit("lane", 2, Some.ClockFault(Some.Time, late: 20));
        Assert.HasCount(1, store.Store.Queries.ClockFaults([], null, 10));
        store.AssertWhole();
    }

    private const string WithoutClockFaults = "DROP TABLE clock_fault; ";

    private const string WithoutOperations = WithoutClockFaults + "DROP TABLE tenant_halt; DROP TABLE held_notice; DROP TABLE playbook; DROP INDEX decision_waiting_of_tenant; ";

    private const string WithoutVerdicts =
        "DROP INDEX alert_by_verdict; DROP TABLE verdict; ALTER TABLE alert DROP COLUMN verdict; ALTER TABLE alert DROP COLUMN verdict_entry; ";

    [TestMethod]
    public void A_store_of_a_newer_program_is_refused_and_left_as_it_is()
    {
        using var store = new TestStore();
        store.Sql("INSERT INTO schema_version (version, applied_at) VALUES (999, 0)");
        var e = Assert.ThrowsExactly<StoreException>(() => store.Open());
        Assert.AreEqual(StoreProblem.NewerSchema, e.Problem);
        StringAssert.Contains(e.Message, "999");
        StringAssert.Contains(e.Message, "newer program");
    }

    [TestMethod]
    public void A_first_start_cut_off_before_its_schema_was_written_is_taken_up_again()
    {
        using var store = new TestStore();
        var file = Path.Combine(store.Folder, "cut.db");
        File.WriteAllBytes(file, []);
        using (var opened = store.Open(file)) Assert.AreEqual(0, opened.Ledger.Head.Sequence);
    }

    [TestMethod]
    public void Two_may_open_a_new_store_at_once()
    {
        using var store = new TestStore();
        var file = Path.Combine(store.Folder, "both.db");
        var stores = new Store[4];
        Parallel.For(0, stores.Length, i => stores[i] = store.Open(file));
        for (var i = 0; i < stores.Length; i++) stores[i].Ledger.RecordOperator("ann", "note", $"{i}", "");
        Assert.AreEqual(4, stores[0].Ledger.Head.Sequence, "nobody forks the chain");
        Assert.IsNull(stores[1].Ledger.Verify(null, CancellationToken.None).FirstBad);
        foreach (var s in stores) s.Dispose();
    }

    [TestMethod]
    public void What_is_no_store_is_refused_and_left_as_it_is()
    {
        using var store = new TestStore();
        var text = Path.Combine(store.Folder, "notes.txt");
        File.WriteAllText(text, new string('x', 5000));
        Assert.AreEqual(StoreProblem.CannotOpen, Assert.ThrowsExactly<StoreException>(() => store.Open(text)).Problem);
        Assert.AreEqual(new string('x', 5000), File.ReadAllText(text));

        var foreign = Path.Combine(store.Folder, "foreign.db");
        using (var connection = new SqliteConnection($"Data Source={foreign};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE theirs (x)";
            command.ExecuteNonQuery();
        }

        var e = Assert.ThrowsExactly<StoreException>(() => store.Open(foreign));
        Assert.AreEqual(StoreProblem.CannotOpen, e.Problem);
        StringAssert.Contains(e.Message, "another program");
        Assert.AreEqual(StoreProblem.CannotOpen, Assert.ThrowsExactly<StoreException>(() => store.Open(store.Folder)).Problem);
    }

    [TestMethod]
    public void Options_out_of_range_are_refused()
    {
        using var store = new TestStore();
        foreach (var options in new[]
        {
            new StoreOptions { Path = " " },
            new StoreOptions { Path = store.File, RejectionsKept = -1 },
            new StoreOptions { Path = store.File, BusyTimeout = TimeSpan.Zero },
        })
        {
            var e = Assert.Throws<ArgumentException>(() => Store.Open(options, store.Targets, store.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
            Assert.IsFalse(string.IsNullOrEmpty(e.Message));
        }
    }
}
