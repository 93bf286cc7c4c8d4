using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Tables;

namespace AnomalyDetect.Core.Tests.Tables;

[TestClass]
public sealed class KeyedTableTests
{
    private const int Limit = 1_024;
    private const long Idle = 1_000;

    private struct Seen : IEvictable
    {
        public long LastSeen { get; set; }

        public bool Established { get; set; }
    }

    private static KeyedTable<HashKey, Seen> Table() => new(Limit, Idle);

    private static void See(KeyedTable<HashKey, Seen> table, ulong name, long now, bool established = false)
    {
        ref var seen = ref table.At(table.FindOrAdd(new HashKey(name * 0x9E3779B97F4A7C15UL), now, out _)).State;
        seen.LastSeen = now;
        seen.Established |= established;
    }

    private static bool Knows(KeyedTable<HashKey, Seen> table, ulong name) => table.Find(new HashKey(name * 0x9E3779B97F4A7C15UL)) >= 0;

    [TestMethod]
    public void A_flood_of_names_does_not_have_everything_looked_at_for_each()
    {
        var table = Table();
        for (var name = 1UL; name <= Limit; name++) See(table, name, 1);
        var before = table.Sweeps;
        for (var name = 1UL; name <= 10 * Limit; name++) See(table, Limit + name, 1);
        Assert.AreEqual(Limit, table.Count);
        Assert.AreEqual(10 * Limit, table.Evictions);
        Assert.IsInRange(39, 41, table.Sweeps - before);
    }

    [TestMethod]
    public void A_flood_of_names_displaces_its_own_kind_and_nobody_with_a_history()
    {
        var table = Table();
        for (var name = 1UL; name <= 100; name++) See(table, name, 1, established: true);
        for (var name = 1_000UL; name < 30_000; name++) See(table, name, 2);
        Assert.IsTrue(Enumerable.Range(1, 100).All(name => Knows(table, (ulong)name)));
    }

    [TestMethod]
    public void What_is_idle_makes_room_before_the_table_grows_or_evicts()
    {
        var table = Table();
        for (var name = 1UL; name <= Limit; name++) See(table, name, 1, established: true);
        for (var name = 1UL; name <= Limit; name++) See(table, Limit + name, 2 + Idle);
        Assert.AreEqual(0, table.Evictions);
        Assert.IsFalse(Knows(table, 1));
        Assert.AreEqual(Limit, table.Count);
    }

    [TestMethod]
    public void Saved_and_loaded_at_any_moment_of_a_flood_it_goes_on_as_if_nothing_had_been()
    {
        KeyedTable<HashKey, Seen> through = Table(), again = Table();
        for (var name = 1UL; name <= 3 * Limit; name++)
        {
            See(through, name, (long)name / 4, name % 7 == 0);
            See(again, name, (long)name / 4, name % 7 == 0);
            if (name % 97 == 0) again = Reloaded(again);
        }

        Assert.AreEqual((through.Count, through.Evictions), (again.Count, again.Evictions));
        for (var name = 1UL; name <= 3 * Limit; name++) Assert.AreEqual(Knows(through, name), Knows(again, name));
    }

    private static KeyedTable<HashKey, Seen> Reloaded(KeyedTable<HashKey, Seen> table)
    {
        var writer = new StateWriter();
        table.Save(writer, static (w, entry) =>
        {
            w.Long((long)entry.Key.Hash);
            w.Raw(entry.State);
        });
        var reader = new StateReader(writer.ToArray());
        var loaded = Table();
        loaded.Load(ref reader, static (ref StateReader r, ref KeyedTable<HashKey, Seen>.Entry entry) =>
        {
            entry.Key = new HashKey((ulong)r.Long());
            entry.State = r.Raw<Seen>();
        });
        return loaded;
    }
}
