using AnomalyDetect.Testing;

namespace AnomalyDetect.Storage.Tests.Database;

[TestClass]
public sealed class WalCheckpointTests
{
    [TestMethod]
    public async Task What_is_committed_is_carried_into_the_database_beside_the_writer_and_the_log_begins_anew()
    {
        using var store = new TestStore();
        var before = Salt(store);
        var large = new string('x', 100_000);
        object[] alerts = [.. Enumerable.Range(1000, 60).Select(i => (object)(Some.Alert(i) with { Explanation = large }))]; // well over a thousand pages
        store.Commit("lane", 1, alerts);
        var commits = 1;
        await Wait.UntilAsync(
            () =>
            {
                store.Commit("lane", ++commits, Some.Alert(commits));
                return Salt(store) != before;
            },
            "the log to begin anew, as it does once all of it is in the database");
        Assert.IsGreaterThan(60L * large.Length, new FileInfo(store.File).Length);
        store.AssertWhole();
    }

    /// <summary>Of the log's header: another one each time it begins anew.</summary>
    private static ulong Salt(TestStore store) => BitConverter.ToUInt64(File.ReadAllBytes(store.File + "-wal"), 16);

    [TestMethod]
    public void A_few_commits_are_left_in_the_log()
    {
        using var store = new TestStore();
        store.Reopen();
        var before = File.ReadAllBytes(store.File);
        for (var i = 1; i <= 5; i++) store.Commit("lane", i, Some.Alert(i), Some.Decision(i));
        Assert.AreSequenceEqual(before, File.ReadAllBytes(store.File));
    }
}
