using System.Globalization;
using System.IO.Compression;

namespace AnomalyDetect.Formats;

/// <summary>
/// The compressed side: counts what was read, and puts a member of its own behind the end. <see cref="GZipStream"/> takes a stream that is cut off for one that
/// ended; only when everything before was whole does it come out with the seal as its last bytes.
/// </summary>
internal sealed class GzipSource(Stream inner) : ForwardStream(inner)
{
    private static readonly byte[] SealMember = Compress(Seal);
    private int _sealRead;

    /// <summary>The decompressed text of the added member.</summary>
    public static ReadOnlySpan<byte> Seal => "end of gzip data"u8;

    /// <summary>Of the stream itself, without the seal.</summary>
    public long BytesRead { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        var read = Inner.Read(buffer);
        return read == 0 ? ReadSeal(buffer) : Count(read);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await Inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        return read == 0 ? ReadSeal(buffer.Span) : Count(read);
    }

    private int ReadSeal(Span<byte> buffer)
    {
        if (BytesRead == 0) return 0;
        var length = Math.Min(buffer.Length, SealMember.Length - _sealRead);
        SealMember.AsSpan(_sealRead, length).CopyTo(buffer);
        _sealRead += length;
        return length;
    }

    private int Count(int read)
    {
        BytesRead += read;
        return read;
    }

    private static byte[] Compress(ReadOnlySpan<byte> text)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Optimal)) gzip.Write(text);
        return result.ToArray();
    }
}

/// <summary>The decompressed side: holds back the seal, and throws before it hands out more than is allowed.</summary>
internal sealed class BoundedGzipStream(GzipSource source, Stream decompressed, GzipLimits limits) : ForwardStream(decompressed)
{
    /// <summary>Below this a ratio says nothing: a small bomb harms nobody.</summary>
    private const long RatioFloor = 1 << 20;

    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _start;
    private int _end;
    private long _written = -GzipSource.Seal.Length;
    private bool _ended;

    private int Ready => _end - _start - GzipSource.Seal.Length;

    public override int Read(Span<byte> buffer)
    {
        while (Ready <= 0 && !_ended) Filled(Inner.Read(Room().Span));
        return Take(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (Ready <= 0 && !_ended) Filled(await Inner.ReadAsync(Room(), cancellationToken).ConfigureAwait(false));
        return Take(buffer.Span);
    }

    private int Take(Span<byte> buffer)
    {
        var length = Math.Min(buffer.Length, Math.Max(0, Ready));
        _buffer.AsSpan(_start, length).CopyTo(buffer);
        _start += length;
        return length;
    }

    private Memory<byte> Room()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        return _buffer.AsMemory(_end);
    }

    private void Filled(int read)
    {
        if (read == 0)
        {
            _ended = true;
            if (source.BytesRead > 0 && !_buffer.AsSpan(_start, _end - _start).SequenceEqual(GzipSource.Seal))
                throw new InvalidDataException("The gzip data is cut off or has something behind it; send it again whole.");
            return;
        }

        _end += read;
        _written += read;
        if (_written > limits.Bytes)
            throw new GzipLimitException(Text($"The gzip data decompresses to more than {limits.Bytes} bytes; send it in parts or raise the limit."));
        if (_written > RatioFloor && _written > source.BytesRead * limits.Ratio)
            throw new GzipLimitException(Text($"The gzip data decompresses to more than {limits.Ratio} times its size; send it uncompressed or raise the limit."));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
