using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Storage.Tests.Lanes;

[TestClass]
public sealed class CheckpointTests
{
    private const int MiB = 1 << 20;

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(MiB)]
    [DataRow(MiB + 1)]
    [DataRow((3 * MiB) - 7)]
    public void A_checkpoint_comes_back_byte_for_byte_whatever_its_size(int size)
    {
        using var store = new TestStore();
        var state = State(size, seed: 1);
        store.Commit("lane", 10);
        store.Lanes.SaveCheckpoint(new LaneCheckpoint("lane", 9, Some.Time, "v1", state));
        store.Reopen();

        var loaded = store.Lanes.Load("lane")!;
        Assert.AreEqual(10, loaded.OutcomeOffset);
        Assert.AreEqual(9, loaded.Checkpoint!.NextOffset);
        Assert.AreEqual(Some.Time, loaded.Checkpoint.ObservedAt);
        Assert.AreEqual(DateTimeKind.Utc, loaded.Checkpoint.ObservedAt.Kind);
        Assert.AreEqual("v1", loaded.Checkpoint.EngineVersion);
        Assert.IsTrue(loaded.Checkpoint.State.Span.SequenceEqual(state));
    }

    [TestMethod]
    public void A_newer_checkpoint_replaces_all_of_an_older_longer_one()
    {
        using var store = new TestStore();
        store.Commit("lane", 10);
        store.Lanes.SaveCheckpoint(new LaneCheckpoint("lane", 5, Some.Time, "v1", State(3 * MiB, 1)));
        store.Lanes.SaveCheckpoint(new LaneCheckpoint("lane", 10, Some.Later, "v2", State(100, 2)));
        Assert.IsTrue(store.Lanes.Load("lane")!.Checkpoint!.State.Span.SequenceEqual(State(100, 2)));
        Assert.AreEqual("1", store.Scalar("SELECT count(*) FROM checkpoint_chunk"));
    }

    [TestMethod]
    public void A_checkpoint_beyond_the_outcome_position_is_refused()
    {
        using var store = new TestStore();
        var beyond = new LaneCheckpoint("lane", 11, Some.Time, "v1", State(10, 1));
        Assert.ThrowsExactly<InvalidOperationException>(() => store.Lanes.SaveCheckpoint(beyond));
        store.Commit("lane", 10);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => store.Lanes.SaveCheckpoint(beyond)).Message, "beyond");
        Assert.IsNull(store.Lanes.Load("lane")!.Checkpoint);
    }

    [TestMethod]
    public void Each_lane_has_its_own_checkpoint()
    {
        using var store = new TestStore();
        store.Lanes.Commit([Some.Commit("a", 1), Some.Commit("b", 1)]);
        store.Lanes.SaveCheckpoint(new LaneCheckpoint("a", 1, Some.Time, "v1", State(10, 1)));
        store.Lanes.SaveCheckpoint(new LaneCheckpoint("b", 1, Some.Time, "v1", State(10, 2)));
        Assert.IsTrue(store.Lanes.Load("a")!.Checkpoint!.State.Span.SequenceEqual(State(10, 1)));
        Assert.IsTrue(store.Lanes.Load("b")!.Checkpoint!.State.Span.SequenceEqual(State(10, 2)));
    }

    [TestMethod]
    [DataRow("DELETE FROM checkpoint_chunk WHERE part = 1")]
    [DataRow("UPDATE checkpoint_chunk SET bytes = zeroblob(length(bytes)) WHERE part = 0")]
    [DataRow("UPDATE checkpoint_chunk SET bytes = zeroblob(length(bytes) + 1) WHERE part = 1")]
    public void A_damaged_checkpoint_is_never_handed_to_a_lane(string damage)
    {
        using var store = new TestStore();
        store.Commit("lane", 1);
        store.Lanes.SaveCheckpoint(new LaneCheckpoint("lane", 1, Some.Time, "v1", State(MiB + 5, 1)));
        Assert.AreEqual(1, store.Sql(damage));
        Assert.AreEqual(StoreProblem.Corrupt, Assert.ThrowsExactly<StoreException>(() => store.Lanes.Load("lane")).Problem);
    }

    [TestMethod]
    public void An_engine_version_stays_while_a_checkpoint_names_it_and_the_rest_are_bounded()
    {
        using var store = new TestStore();
        store.Commit("lane", 1);
        store.Lanes.SaveEngine("v0", "{\"a\":0}");
        store.Lanes.SaveCheckpoint(new LaneCheckpoint("lane", 1, Some.Time, "v0", State(1, 1)));
        for (var i = 1; i <= 40; i++) store.Lanes.SaveEngine($"v{i}", $"{{\"a\":{i}}}");
        Assert.AreEqual("{\"a\":0}", store.Lanes.LoadEngine("v0"));
        Assert.IsNull(store.Lanes.LoadEngine("v1"));
        Assert.AreEqual("{\"a\":40}", store.Lanes.LoadEngine("v40"));
        Assert.AreEqual("17", store.Scalar("SELECT count(*) FROM engine"));
        Assert.IsNull(store.Lanes.LoadEngine("never saved"));
    }

    [TestMethod]
    public void What_was_fixed_first_stands()
    {
        using var store = new TestStore();
        Assert.AreEqual("8", store.Lanes.Fix("lanes", "8"));
        store.Reopen();
        Assert.AreEqual("8", store.Lanes.Fix("lanes", "16"));
        Assert.AreEqual("x", store.Lanes.Fix("seed", "x"));
    }

    private static byte[] State(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
