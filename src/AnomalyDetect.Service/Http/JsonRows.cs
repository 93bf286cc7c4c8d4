using System.Buffers;
using System.Text;

namespace AnomalyDetect.Service.Http;

/// <summary>Stored JSON handed out byte for byte: <c>{"name":[row,…],"next":…}</c>, or the one row itself where there is no name.</summary>
/// <param name="next">Where the page after this one begins; null where there is none. Needs no escaping.</param>
internal sealed class JsonRows(string? name, IReadOnlyList<ReadOnlyMemory<byte>> rows, string? next = null) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        if (name is not null) buffer.Write(Encoding.UTF8.GetBytes($"{{\"{name}\":["));
        for (var i = 0; i < rows.Count; i++)
        {
            if (i > 0) buffer.Write(","u8);
            buffer.Write(rows[i].Span);
        }

        if (name is not null) buffer.Write(Encoding.UTF8.GetBytes(next is null ? "]}" : $"],\"next\":\"{next}\"}}"));
        httpContext.Response.ContentType = "application/json";
        httpContext.Response.Headers.CacheControl = "no-store";
        httpContext.Response.ContentLength = buffer.WrittenCount;
        await httpContext.Response.Body.WriteAsync(buffer.WrittenMemory, httpContext.RequestAborted);
    }
}
