using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AnomalyDetect.Core.Tables;

/// <summary>
/// Asks the processor for memory that will be needed in a moment, so that several waits pass at once. It changes nothing, and does nothing where the processor is not asked that way.
/// </summary>
internal static class CacheLine
{
    private const int Bytes = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Fetch<T>(ref readonly T place)
    {
        // A hint, so it does not matter that the collector may move what is there.
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
    }

    /// <summary>The first lines of something large.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FetchAll<T>(ref readonly T place)
    {
        ref var bytes = ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in place));
        for (var at = 0; at < Unsafe.SizeOf<T>(); at += Bytes) Fetch(ref Unsafe.Add(ref bytes, at));
        Fetch(ref Unsafe.Add(ref bytes, Unsafe.SizeOf<T>() - 1));
    }
}
