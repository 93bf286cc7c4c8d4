using System.Globalization;
using System.Text;

namespace AnomalyDetect.Testing;

/// <summary>As much of HTTP/1.1 as a receiver of webhooks needs.</summary>
internal static class HttpWire
{
    private const int HeadLimit = 64 * 1024;

    /// <summary>Null when the connection ends before another request begins.</summary>
    public static async Task<ReceivedRequest?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var head = new List<byte>(1024);
        var one = new byte[1];
        while (head.Count < HeadLimit && !EndsWithBlankLine(head))
        {
            if (await stream.ReadAsync(one, cancellation) == 0) return null;
            head.Add(one[0]);
        }

        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var request = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(p => p[0], p => p[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, cancellation);
        return new ReceivedRequest(request[0], request[1], headers, body);
    }

    public static byte[] Write(HttpReply.Answer answer)
    {
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.StatusCode} Status\r\nContent-Length: {answer.Body.Length}\r\n");
        foreach (var (name, value) in answer.Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. answer.Body];
    }

    private static bool EndsWithBlankLine(List<byte> head) =>
        head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n';
}
