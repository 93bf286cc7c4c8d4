using System.Globalization;

namespace AnomalyDetect.Formats;

/// <summary>The compressed side: counts what was read.</summary>
internal sealed class GzipSource(Stream inner) : ForwardStream(inner)
{
    public long BytesRead { get; private set; }

    public override int Read(Span<byte> buffer) => Count(Inner.Read(buffer));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await Inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    private int Count(int read)
    {
        BytesRead += read;
        return read;
    }
}

/// <summary>The decompressed side: throws before it hands out more than is allowed.</summary>
internal sealed class BoundedGzipStream(GzipSource source, Stream decompressed, GzipLimits limits) : ForwardStream(decompressed)
{
    /// <summary>Below this a ratio says nothing: a small bomb harms nobody.</summary>
    private const long RatioFloor = 1 << 20;

    private long _written;

    public override int Read(Span<byte> buffer) => Check(Inner.Read(buffer), buffer.Length);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Check(await Inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false), buffer.Length);

    private int Check(int read, int asked)
    {
        if (read == 0 && asked > 0 && source.BytesRead == 0) throw new InvalidDataException("The gzip stream is empty; send at least its header.");
        _written += read;
        if (_written > limits.Bytes)
            throw new GzipLimitException(string.Create(CultureInfo.InvariantCulture, $"The gzip stream decompresses to more than {limits.Bytes} bytes; send it in parts or raise the limit."));
        if (_written > RatioFloor && _written > source.BytesRead * limits.Ratio)
            throw new GzipLimitException(string.Create(CultureInfo.InvariantCulture, $"The gzip stream decompresses to more than {limits.Ratio} times its size; send it uncompressed or raise the limit."));
        return read;
    }
}
