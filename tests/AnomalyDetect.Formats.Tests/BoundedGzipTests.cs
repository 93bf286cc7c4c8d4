using System.IO.Compression;
using System.Text;

namespace AnomalyDetect.Formats.Tests;

[TestClass]
public class BoundedGzipTests
{
    private static readonly GzipLimits Limits = new() { Bytes = 4 << 20 };

    private static byte[] Gzip(byte[] plain, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, level)) gzip.Write(plain);
        return result.ToArray();
    }

    private static byte[] Text(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)('a' + (i * i % 23)))];

    private static byte[] ReadAll(Stream stream)
    {
        using (stream)
        {
            using var result = new MemoryStream();
            stream.CopyTo(result);
            return result.ToArray();
        }
    }

    [TestMethod]
    public async Task What_stays_within_the_limits_is_read()
    {
        var plain = Text(100_000);
        CollectionAssert.AreEqual(plain, ReadAll(BoundedGzip.Open(new MemoryStream(Gzip(plain)), Limits)));

        await using var stream = BoundedGzip.Open(new MemoryStream(Gzip(plain)), Limits);
        using var result = new MemoryStream();
        await stream.CopyToAsync(result);
        CollectionAssert.AreEqual(plain, result.ToArray());
    }

    [TestMethod]
    public void Several_members_are_one_stream()
    {
        byte[] two = [.. Gzip("one "u8.ToArray()), .. Gzip("two"u8.ToArray())];
        Assert.AreEqual("one two", Encoding.ASCII.GetString(ReadAll(BoundedGzip.Open(new MemoryStream(two), Limits))));
    }

    [TestMethod]
    public async Task A_bomb_stops_at_the_ratio_and_a_big_stream_at_the_size()
    {
        var bomb = Gzip(new byte[3 << 20]);
        var ratio = Assert.ThrowsExactly<GzipLimitException>(() => ReadAll(BoundedGzip.Open(new MemoryStream(bomb), Limits)));
        Assert.Contains("200 times", ratio.Message);
        await using var stream = BoundedGzip.Open(new MemoryStream(bomb), Limits);
        await Assert.ThrowsExactlyAsync<GzipLimitException>(() => stream.CopyToAsync(Stream.Null));

        var size = Assert.ThrowsExactly<GzipLimitException>(() => ReadAll(BoundedGzip.Open(new MemoryStream(Gzip(Text(100_000))), Limits with { Bytes = 99_999 })));
        Assert.Contains("99999 bytes", size.Message);
        Assert.HasCount(100_000, ReadAll(BoundedGzip.Open(new MemoryStream(Gzip(Text(100_000))), Limits with { Bytes = 100_000 })));
    }

    [TestMethod]
    public void What_is_no_gzip_or_has_something_behind_it_is_said_to_be_invalid()
    {
        Assert.ThrowsExactly<InvalidDataException>(() => ReadAll(BoundedGzip.Open(new MemoryStream("plain text"u8.ToArray()), Limits)));
        Assert.ThrowsExactly<InvalidDataException>(() => ReadAll(BoundedGzip.Open(new MemoryStream([.. Gzip("one"u8.ToArray()), 0, 0]), Limits)));
        Assert.IsEmpty(ReadAll(BoundedGzip.Open(new MemoryStream(), Limits)));
    }

    [TestMethod]
    [DataRow(CompressionLevel.NoCompression)]
    [DataRow(CompressionLevel.Optimal)]
    public void What_is_cut_off_anywhere_is_said_to_be_invalid(CompressionLevel level)
    {
        var first = Gzip(Text(300), level);
        byte[] whole = [.. first, .. Gzip(Text(200), level)];
        for (var length = 1; length < whole.Length; length++)
        {
            if (length == first.Length) continue;
            Assert.ThrowsExactly<InvalidDataException>(() => ReadAll(BoundedGzip.Open(new MemoryStream(whole[..length]), Limits)), $"cut at {length}");
        }
    }

    [TestMethod]
    public void It_makes_no_difference_how_the_bytes_trickle_in()
    {
        var plain = Text(70_000);
        byte[] whole = [.. Gzip(plain), .. Gzip(plain)];
        foreach (var piece in new[] { 1, 7, 4096 })
        {
            using var stream = BoundedGzip.Open(new Trickle(whole, piece), Limits);
            using var result = new MemoryStream();
            stream.CopyTo(result, 100);
            CollectionAssert.AreEqual((byte[])[.. plain, .. plain], result.ToArray());
        }
    }

    [TestMethod]
    public void Gzip_is_told_by_its_first_bytes()
    {
        var plain = Text(1000);
        CollectionAssert.AreEqual(plain, ReadAll(BoundedGzip.OpenDetected(new MemoryStream(Gzip(plain)), Limits)));
        foreach (var length in new[] { 0, 1, 2, 1000 })
            CollectionAssert.AreEqual(plain[..length], ReadAll(BoundedGzip.OpenDetected(new MemoryStream(plain[..length]), Limits)));
    }

    private sealed class Trickle(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, piece)]);
    }
}
