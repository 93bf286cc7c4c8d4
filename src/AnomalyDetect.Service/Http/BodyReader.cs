using System.Buffers;
using System.IO.Compression;

namespace AnomalyDetect.Service.Http;

/// <summary>A request body in a pooled buffer; give it back with <see cref="Dispose"/>.</summary>
public sealed class Body(byte[] buffer, int length, Action<int> release) : IDisposable
{
    private byte[]? _buffer = buffer;

    public byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(Body));

    public int Length => length;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is not { } held) return;
        release(held.Length);
        ArrayPool<byte>.Shared.Return(held);
    }
}

/// <summary>Why a body was not read.</summary>
public sealed class BodyRefusedException(int status, string code, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public TimeSpan? RetryAfter => retryAfter;
}

/// <summary>Reads bodies, unpacking gzip, within the limits: never more memory than <see cref="IngestOptions.InFlightBytes"/> over all requests.</summary>
public sealed class BodyReader(IngestOptions options)
{
    private const int FirstBuffer = 64 << 10;

    /// <summary>A length that was only announced takes no more than this.</summary>
    private const int FirstBufferAtMost = 1 << 20;

    private long _inFlight;

    public int MostBytes => options.BodyBytes;

    public async Task<Body> ReadAsync(HttpRequest request)
    {
        var packed = Encoding(request);
        if (request.ContentLength > options.BodyBytes) throw TooLarge();
        await using var counted = new CountingStream(request.Body);
        if (!packed) return await ReadAsync(counted, null, (int)(request.ContentLength ?? FirstBuffer), request.HttpContext.RequestAborted);

        await using var unpacked = new GZipStream(counted, CompressionMode.Decompress);
        try
        {
            return await ReadAsync(unpacked, counted, FirstBuffer, request.HttpContext.RequestAborted);
        }
        catch (InvalidDataException)
        {
            throw new BodyRefusedException(400, "bad_gzip", "The body says it is gzip and is not; send it packed whole, or without Content-Encoding.");
        }
    }

    private async Task<Body> ReadAsync(Stream stream, CountingStream? packed, int expected, CancellationToken cancellation)
    {
        var buffer = Rent(Math.Clamp(expected + 1, FirstBuffer, FirstBufferAtMost));
        var length = 0;
        try
        {
            while (true)
            {
                if (length == buffer.Length) buffer = Grow(buffer, length);
                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
                if (read == 0) break;
                length += read;
                if (length > options.BodyBytes) throw TooLarge();
                if (packed is not null && length > FirstBuffer && length / Math.Max(1, packed.Count) > options.CompressionRatio)
                    throw new BodyRefusedException(413, "compression_ratio", $"The body unpacks to more than {options.CompressionRatio} times its size; send it less packed.");
            }

            return new Body(buffer, length, Release);
        }
        catch
        {
            Release(buffer.Length);
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static bool Encoding(HttpRequest request)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)) return false;
        if (encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase)) return true;
        throw new BodyRefusedException(415, "encoding_not_supported", "Send the body with Content-Encoding gzip, or without any.");
    }

    private BodyRefusedException TooLarge() =>
        new(413, "body_too_large", $"The body is larger than {options.BodyBytes} bytes; send the events in several requests.");

    private byte[] Rent(int size)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        if (Interlocked.Add(ref _inFlight, buffer.Length) <= options.InFlightBytes + options.BodyBytes) return buffer;
        Release(buffer.Length);
        ArrayPool<byte>.Shared.Return(buffer);
        throw new BodyRefusedException(429, "too_many_bodies", "Too many bodies are being worked on; send it again later.", TimeSpan.FromSeconds(1));
    }

    private byte[] Grow(byte[] buffer, int length)
    {
        var larger = Rent(Math.Min(buffer.Length * 2, options.BodyBytes + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        Release(buffer.Length);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private void Release(int bytes) => Interlocked.Add(ref _inFlight, -bytes);
}
