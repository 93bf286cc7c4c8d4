using System.Text;

namespace AnomalyDetect.Core.Events;

/// <summary>
/// UTF-8 text inside a batch's buffer: no copy, no garbage. It lives as long as its <see cref="EventBatch"/>; keep <see cref="ToString"/> beyond that.
/// </summary>
public readonly struct TextSlice(byte[] buffer, int offset, int length)
{
    private readonly byte[]? _buffer = buffer;
    private readonly int _offset = offset;

    public int Length { get; } = length;

    public bool IsEmpty => Length == 0;

    public ReadOnlySpan<byte> Utf8 => _buffer.AsSpan(_offset, Length);

    /// <summary>For tests and other places off the hot path.</summary>
    public static TextSlice Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new TextSlice(bytes, 0, bytes.Length);
    }

    public override string ToString() => IsEmpty ? "" : Encoding.UTF8.GetString(Utf8);
}
