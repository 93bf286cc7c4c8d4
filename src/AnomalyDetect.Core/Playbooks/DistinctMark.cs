using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace AnomalyDetect.Core.Playbooks;

/// <summary>
/// What an enforcer reports of an id it wants counted once: which register of a <c>DistinctSketch</c> it falls into, and by which rank, as <c>register × 64 + rank</c>. The
/// same for an id wherever it is seen; nobody can tell the id from it.
/// </summary>
public static class DistinctMark
{
    /// <summary>2^10: the standard error of what is counted is 1.04 / √1024.</summary>
    public const int Registers = 1024;

    /// <summary>The bits of the hash that choose no register, and one.</summary>
    public const int HighestRank = 55;

    /// <summary>The mark of an id.</summary>
    public static int Of(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        var bits = BinaryPrimitives.ReadUInt64BigEndian(hash);
        return ((int)(bits >> 54) << 6) | Math.Min(HighestRank, BitOperations.LeadingZeroCount(bits << 10) + 1);
    }

    /// <summary>False for a number that is nobody's mark.</summary>
    public static bool IsMark(int mark) => RegisterOf(mark) is >= 0 and < Registers && RankOf(mark) is >= 1 and <= HighestRank;

    /// <summary>0 to <see cref="Registers"/> - 1.</summary>
    public static int RegisterOf(int mark) => mark >> 6;

    /// <summary>1 to <see cref="HighestRank"/>.</summary>
    public static int RankOf(int mark) => mark & 63;
}
