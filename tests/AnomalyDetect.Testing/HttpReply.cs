namespace AnomalyDetect.Testing;

/// <summary>How <see cref="HttpReceiver"/> answers a request.</summary>
public abstract record HttpReply
{
    public static HttpReply Ok { get; } = new Answer(200);

    public static HttpReply Status(int status, params (string Name, string Value)[] headers) => new Answer(status) { Headers = headers };

    /// <summary>A whole, well-formed response.</summary>
    public sealed record Answer(int StatusCode) : HttpReply
    {
        public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

        public byte[] Body { get; init; } = [];
    }

    /// <summary>Reads the request and never answers; the connection stays open.</summary>
    public sealed record Hang : HttpReply;

    /// <summary>Closes the connection without a word.</summary>
    public sealed record Close : HttpReply;

    /// <summary>Sends these bytes as they are, then closes the connection: half a response, or no HTTP at all.</summary>
    public sealed record Raw(byte[] Bytes) : HttpReply;

    /// <summary>A status line and headers, then a body without end.</summary>
    public sealed record EndlessBody(int StatusCode) : HttpReply;

    /// <summary>A status line, then headers without end.</summary>
    public sealed record EndlessHeaders : HttpReply;
}
