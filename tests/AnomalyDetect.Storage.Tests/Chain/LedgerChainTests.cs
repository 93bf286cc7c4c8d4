using System.Security.Cryptography;
using AnomalyDetect.Core.Ledger;
using AnomalyDetect.Core.Persistence;
using CsCheck;

namespace AnomalyDetect.Storage.Tests.Chain;

[TestClass]
public sealed class LedgerChainTests
{
    private static readonly byte[] Payload = SHA256.HashData("payload"u8);

    private static readonly Gen<LedgerEntry> AnyEntry =
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Long[0, DateTime.MaxValue.Ticks], Gen.String[Gen.Char.AlphaNumeric, 0, 20], Gen.String[Gen.Char.AlphaNumeric, 0, 60], Gen.Byte.Array[32])
            .Select((sequence, ticks, kind, subject, payload) => new LedgerEntry(sequence, new DateTime(ticks, DateTimeKind.Utc), kind, subject, payload, []));

    /// <summary>Pins the layout: were this to change, every ledger kept anywhere would break.</summary>
    [TestMethod]
    public void The_bytes_under_the_hash_are_the_documented_ones()
    {
        byte[] bytes =
        [
            .. new byte[32], 1, .. new byte[] { 0, 0, 0, 0, 0, 0, 0, 2 }, .. new byte[] { 0x08, 0xDE, 0x78, 0x4E, 0xDE, 0xEF, 0x4C, 0x00 },
            0, 0, 0, 5, .. "alert"u8, 0, 0, 0, 3, .. "é1"u8, .. Payload,
        ];
        var at = new DateTime(0x08DE784EDEEF4C00, DateTimeKind.Utc);
        CollectionAssert.AreEqual(SHA256.HashData(bytes), LedgerChain.Hash(new byte[32], 2, at, "alert", "é1", Payload));
        Assert.IsTrue(LedgerChain.Genesis.SequenceEqual(new byte[32]));
    }

    [TestMethod]
    public void An_entry_that_was_hashed_so_follows_and_no_other_does() =>
        Gen.Select(AnyEntry, Gen.Byte.Array[32], AnyEntry, Gen.Byte.Array[32]).Sample((entry, previous, other, otherPrevious) =>
        {
            var whole = entry with { Hash = Hash(previous, entry) };
            Assert.IsNull(LedgerChain.Check(entry.Sequence - 1, previous, whole, LedgerChain.Version));
            LedgerEntry[] altered =
            [
                whole with { RecordedAt = other.RecordedAt }, whole with { Kind = other.Kind }, whole with { SubjectId = other.SubjectId },
                whole with { PayloadHash = other.PayloadHash }, whole with { Hash = other.PayloadHash },
            ];
            foreach (var e in altered.Where(e => e != whole && !Same(e, whole)))
                Assert.IsNotNull(LedgerChain.Check(entry.Sequence - 1, previous, e, LedgerChain.Version));
            if (!previous.AsSpan().SequenceEqual(otherPrevious))
                Assert.IsNotNull(LedgerChain.Check(entry.Sequence - 1, otherPrevious, whole, LedgerChain.Version));
            Assert.IsNotNull(LedgerChain.Check(entry.Sequence, previous, whole, LedgerChain.Version));
            Assert.IsNotNull(LedgerChain.Check(entry.Sequence - 1, previous, whole, 2));
            Assert.IsNotNull(LedgerChain.Check(entry.Sequence - 1, previous, whole with { Hash = [] }, LedgerChain.Version));
        });

    [TestMethod]
    public void Where_the_kind_ends_and_the_subject_begins_cannot_be_moved()
    {
        var a = LedgerChain.Hash(LedgerChain.Genesis, 1, Some.Time, "ab", "c", Payload);
        var b = LedgerChain.Hash(LedgerChain.Genesis, 1, Some.Time, "a", "bc", Payload);
        CollectionAssert.AreNotEqual(a, b);
    }

    [TestMethod]
    public void What_cannot_be_an_entry_is_refused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => LedgerChain.Hash(new byte[31], 1, Some.Time, "a", "b", Payload));
        Assert.ThrowsExactly<ArgumentException>(() => LedgerChain.Hash(new byte[32], 1, Some.Time, "a", "b", new byte[33]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => LedgerChain.Hash(new byte[32], 0, Some.Time, "a", "b", Payload));
        Assert.ThrowsExactly<ArgumentException>(() => LedgerChain.Hash(new byte[32], 1, DateTime.SpecifyKind(Some.Time, DateTimeKind.Local), "a", "b", Payload));
    }

    private static byte[] Hash(byte[] previous, LedgerEntry e) => LedgerChain.Hash(previous, e.Sequence, e.RecordedAt, e.Kind, e.SubjectId, e.PayloadHash);

    private static bool Same(LedgerEntry a, LedgerEntry b) =>
        a.RecordedAt == b.RecordedAt && a.Kind == b.Kind && a.SubjectId == b.SubjectId && a.PayloadHash.AsSpan().SequenceEqual(b.PayloadHash) && a.Hash.AsSpan().SequenceEqual(b.Hash);
}
