using System.IO.Hashing;
using System.Runtime.InteropServices;
using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.TimeSeries;

/// <summary>Eight bytes in front of a detector's state that tell which kind of detector under which options it is of.</summary>
internal static class OptionsKey
{
    /// <param name="options">A record: its text names the type and every option.</param>
    public static ulong Of(object options) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(options.ToString().AsSpan()));

    public static void Save(StateWriter writer, ulong key) => writer.Long((long)key);

    public static void Check(ref StateReader reader, ulong key, object options)
    {
        if ((ulong)reader.Long() != key) throw new InvalidDataException($"the state was saved under other options than {options}");
    }
}
