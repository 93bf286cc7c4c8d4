using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AnomalyDetect.Core.Persistence;

namespace AnomalyDetect.Core.Ledger;

/// <summary>
/// The arithmetic of the hash chain, apart from whoever writes or keeps it. An entry's hash is SHA-256 over these bytes, integers big-endian:
/// <code>
/// 32  hash of the entry before (of the first: 32 zero bytes)
///  1  format version
///  8  sequence, from 1
///  8  recorded at, UTC, in ticks of 100 ns since 0001-01-01
///  4  length of the kind in bytes, then the kind (UTF-8)
///  4  length of the subject id in bytes, then the subject id (UTF-8)
/// 32  SHA-256 of the recorded payload's bytes
/// </code>
/// Lengths stand before the texts, so that no two entries give the same bytes.
/// </summary>
/// <remarks>
/// Version history: 1, the first. A new layout takes a new version byte; entries keep the version they were written with, and every version ever written
/// stays verifiable.
/// </remarks>
public static class LedgerChain
{
    /// <summary>The version new entries are written with.</summary>
    public const byte Version = 1;

    /// <summary>Bytes of a hash.</summary>
    public const int HashSize = SHA256.HashSizeInBytes;

    private const int FixedSize = HashSize + 1 + 8 + 8 + 4 + 4 + HashSize;

    /// <summary>What stands for the hash before the first entry: 32 zero bytes.</summary>
    public static ReadOnlySpan<byte> Genesis => new byte[HashSize];

    /// <summary>The hash of an entry in the present layout.</summary>
    /// <param name="recordedAt">UTC.</param>
    /// <exception cref="ArgumentException">A hash is not 32 bytes long, the sequence is below 1 or the time is not UTC.</exception>
    public static byte[] Hash(
        ReadOnlySpan<byte> previous, long sequence, DateTime recordedAt, string kind, string subjectId, ReadOnlySpan<byte> payloadHash)
    {
        if (previous.Length != HashSize) throw new ArgumentException("a hash is 32 bytes", nameof(previous));
        if (payloadHash.Length != HashSize) throw new ArgumentException("a hash is 32 bytes", nameof(payloadHash));
        if (recordedAt.Kind != DateTimeKind.Utc) throw new ArgumentException("the time must be UTC", nameof(recordedAt));
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);

        var bytes = new byte[FixedSize + Encoding.UTF8.GetByteCount(kind) + Encoding.UTF8.GetByteCount(subjectId)];
        var rest = bytes.AsSpan();
        previous.CopyTo(rest);
        rest[HashSize] = Version;
        rest = rest[(HashSize + 1)..];
        BinaryPrimitives.WriteInt64BigEndian(rest, sequence);
        BinaryPrimitives.WriteInt64BigEndian(rest[8..], recordedAt.Ticks);
        rest = WriteText(WriteText(rest[16..], kind), subjectId);
        payloadHash.CopyTo(rest);
        return SHA256.HashData(bytes);
    }

    /// <summary>Whether an entry follows the one before; otherwise why not, in one sentence.</summary>
    /// <param name="previousSequence">0 before the first entry.</param>
    /// <param name="version">The layout the entry says it was written in.</param>
    public static string? Check(long previousSequence, ReadOnlySpan<byte> previousHash, LedgerEntry entry, long version)
    {
        if (entry.Sequence != previousSequence + 1)
            return $"entry {previousSequence + 1} is missing: the next one kept is {entry.Sequence}";
        if (version != Version) return $"its format version {version} is not one this program knows (1 to {Version})";
        if (entry.Hash.Length != HashSize || entry.PayloadHash.Length != HashSize) return "a hash in it is not 32 bytes long";
        var hash = Hash(previousHash, entry.Sequence, entry.RecordedAt, entry.Kind, entry.SubjectId, entry.PayloadHash);
        return hash.AsSpan().SequenceEqual(entry.Hash) ? null : "its hash does not follow from the entry before and its own fields";
    }

    private static Span<byte> WriteText(Span<byte> to, string text)
    {
        var length = Encoding.UTF8.GetBytes(text, to[4..]);
        BinaryPrimitives.WriteInt32BigEndian(to, length);
        return to[(4 + length)..];
    }
}
