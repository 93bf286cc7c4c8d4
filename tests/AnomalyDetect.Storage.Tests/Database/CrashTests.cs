using CsCheck;

namespace AnomalyDetect.Storage.Tests.Database;

/// <summary>What a killed process leaves is what its files held at that moment: the tests open copies of them.</summary>
[TestClass]
public sealed class CrashTests
{
    [TestMethod]
    public void A_process_killed_in_the_middle_of_a_commit_leaves_nothing_of_it()
    {
        using var store = new TestStore();
        store.Commit("lane", 1, Some.Alert(1), Some.Decision(1));
        var head = store.Ledger.Head;

        // Larger than SQLite's page cache, so that a part of the transaction is in the WAL file before it is committed.
        var large = new string('x', 800_000);
        object[] many = [.. Enumerable.Range(2, 40).SelectMany(i => new object[] { Some.Alert(i) with { Explanation = large }, Some.Decision(i) })];
        var asked = 0;
        var images = new List<(string File, long WalLength)>();
        store.Targets.Asked = () =>
        {
            if (++asked is 1 or 20 or 40) images.Add((CopyTo(store, $"crash-{asked}"), new FileInfo(store.File + "-wal").Length));
        };
        store.Commit("lane", 2, many);
        Assert.HasCount(3, images);
        Assert.IsGreaterThan(4_000_000, images[2].WalLength, "the transaction was half-way on disk");

        foreach (var (file, _) in images)
        {
            using var left = store.Open(file);
            Assert.AreEqual(head, left.Ledger.Head);
            Assert.AreEqual(1, left.Lanes.Load("lane")!.OutcomeOffset);
            Assert.AreEqual((1L, 1L, 0L), left.Queries.Totals());
            Assert.IsNull(left.Ledger.Verify(head.Head, CancellationToken.None).FirstBad);

            left.Lanes.Commit([Some.Commit("lane", 2, many)]);
            Assert.AreEqual(store.Ledger.Head, left.Ledger.Head, "the same commit again ends as if nothing had happened");
        }
    }

    [TestMethod]
    public void A_log_torn_at_any_byte_leaves_whole_commits_only()
    {
        using var store = new TestStore();
        store.Reopen(); // the schema is in the database file, the commits are in the WAL
        const int Commits = 6;
        for (var i = 1; i <= Commits; i++) store.Commit("lane", i, Some.Alert(i), Some.Notification(Some.Alert(i)), Some.Decision(i));
        var wal = File.ReadAllBytes(store.File + "-wal");
        var database = File.ReadAllBytes(store.File);
        var seen = new HashSet<long>();
        Gen.Int[0, wal.Length].Sample(
            length =>
            {
                var folder = Directory.CreateDirectory(Path.Combine(store.Folder, $"torn-{length}")).FullName;
                var file = Path.Combine(folder, "store.db");
                File.WriteAllBytes(file, database);
                File.WriteAllBytes(file + "-wal", wal[..length]);
                using (var left = store.Open(file))
                {
                    var whole = left.Lanes.Load("lane")?.OutcomeOffset ?? 0;
                    seen.Add(whole);
                    Assert.AreEqual((whole, whole, 0L), left.Queries.Totals());
                    Assert.AreEqual(3 * whole, left.Ledger.Head.Sequence);
                    Assert.HasCount((int)(2 * whole), left.Outbox.List(null, null, 0, 100));
                    Assert.IsNull(left.Ledger.Verify(null, CancellationToken.None).FirstBad);
                }

                Directory.Delete(folder, recursive: true);
            },
            iter: 60, threads: 1);
        Assert.IsGreaterThan(2, seen.Count, "the cuts fell between different commits");
    }

    private static string CopyTo(TestStore store, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(store.Folder, name)).FullName;
        var file = Path.Combine(folder, "store.db");
        File.Copy(store.File, file);
        File.Copy(store.File + "-wal", file + "-wal");
        return file;
    }
}
