using CsCheck;

namespace AnomalyDetect.Storage.Tests.Chain;

[TestClass]
public sealed class LedgerProperties
{
    private static readonly string[] LedgerColumns = ["format", "recorded_at", "kind", "subject", "payload_hash", "payload", "hash", "sequence"];

    [TestMethod]
    public void Flipping_any_bit_of_any_ledger_row_is_found_at_that_entry()
    {
        using var store = Life.Lived();
        var last = store.Ledger.Head.Sequence;
        Gen.Select(Gen.Long[1, last], Of(LedgerColumns), Gen.Int[0, int.MaxValue]).Sample(
            (sequence, column, bit) =>
            {
                if (Flip(store, "ledger", column, "sequence", sequence, bit) is not { } flipped) return;
                var expected = column == "sequence" && flipped.Key < sequence ? 1 : sequence;
                AssertFound(store, expected, $"{column} of {sequence}");
                flipped.Restore();
            },
            iter: 400, threads: 1);
        store.AssertWhole();
    }

    [TestMethod]
    [DataRow("alert_revision", "json")]
    [DataRow("alert_revision", "alert_id")]
    [DataRow("alert_revision", "revision")]
    [DataRow("decision", "json")]
    [DataRow("decision", "id")]
    [DataRow("decision", "tenant_id")]
    [DataRow("decision", "expires_at")]
    public void Flipping_any_bit_of_what_was_recorded_is_found_at_the_entry_that_recorded_it(string table, string column)
    {
        using var store = Life.Lived();
        var entries = store.Dump("entry", table).Split('\n').Select(long.Parse).ToArray();
        Gen.Select(Of(entries), Gen.Int[0, int.MaxValue]).Sample(
            (entry, bit) =>
            {
                if (Flip(store, table, column, "entry", entry, bit) is not { } flipped) return;
                AssertFound(store, entry, $"{table}.{column} of {entry}");
                flipped.Restore();
            },
            iter: 60, threads: 1);
        store.AssertWhole();
    }

    private static Gen<T> Of<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void AssertFound(TestStore store, long expected, string what)
    {
        var verdict = store.Verify();
        Assert.AreEqual(expected, verdict.FirstBad, $"{what}: {verdict.Reason ?? "found whole"}");
        Assert.IsNotNull(verdict.Reason);
    }

    /// <summary>Flips one bit of one value past the store. Null where it is NULL or the flipped key is taken.</summary>
    private static (long Key, Action Restore)? Flip(TestStore store, string table, string column, string key, long at, int bit)
    {
        using var connection = store.Raw();
        using var read = connection.CreateCommand();
        read.CommandText = $"SELECT typeof({column}), CASE typeof({column}) WHEN 'text' THEN CAST({column} AS BLOB) ELSE {column} END FROM {table} WHERE {key} = {at}";
        using var row = read.ExecuteReader();
        Assert.IsTrue(row.Read());
        var (type, old) = (row.GetString(0), row.GetValue(1));
        if (type == "null" || old is byte[] { Length: 0 }) return null;
        object flipped;
        if (old is long number) flipped = number ^ (1L << (bit % 64));
        else
        {
            var bytes = (byte[])((byte[])old).Clone();
            bytes[bit / 8 % bytes.Length] ^= (byte)(1 << (bit % 8));
            flipped = bytes;
        }

        var moved = column == key ? (long)flipped : at;
        if (!Write(store, type, flipped, at)) return null;
        return (moved, () => Assert.IsTrue(Write(store, type, old, moved)));

        bool Write(TestStore to, string asType, object value, long where)
        {
            using var raw = to.Raw();
            using var write = raw.CreateCommand();
            write.CommandText = $"UPDATE OR IGNORE {table} SET {column} = {(asType == "text" ? "CAST($v AS TEXT)" : "$v")} WHERE {key} = {where}";
            write.Parameters.AddWithValue("$v", value);
            return write.ExecuteNonQuery() == 1;
        }
    }
}
