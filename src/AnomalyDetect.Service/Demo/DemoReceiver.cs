using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using AnomalyDetect.Response.Options;
using AnomalyDetect.Response.Webhooks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AnomalyDetect.Service.Demo;

/// <summary>Stands in for a customer's webhook receiver: checks each signature, knows messages by their id, and answers.</summary>
internal sealed class DemoReceiver : IAsyncDisposable
{
    private const int MaxBody = 1 << 20;
    private readonly WebApplication _web;
    private readonly StandardWebhookSigner _signer;
    private readonly ConcurrentDictionary<string, bool> _ids = new(StringComparer.Ordinal);
    private int _forged;

    private DemoReceiver(Secret secret)
    {
        Secret = secret;
        _signer = new StandardWebhookSigner([secret]);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.Limits.MaxRequestBodySize = MaxBody;
            k.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddSingleton<IHostLifetime, Hosting.NoLifetime>();
        _web = builder.Build();
        _web.Run(TakeAsync);
    }

    public Secret Secret { get; }

    public string Url => _web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/hook";

    /// <summary>Messages with a good signature, each once.</summary>
    public int Messages => _ids.Count;

    public int Forged => Volatile.Read(ref _forged);

    public static async Task<DemoReceiver> StartAsync()
    {
        var receiver = new DemoReceiver(new Secret("whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
        await receiver._web.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var id = context.Request.Headers["webhook-id"].ToString();
        var isGood = long.TryParse(context.Request.Headers["webhook-timestamp"], out var at)
            && CryptographicOperations.FixedTimeEquals(
                System.Text.Encoding.UTF8.GetBytes(_signer.Sign(id, at, body.ToArray())),
                System.Text.Encoding.UTF8.GetBytes(context.Request.Headers["webhook-signature"].ToString()));
        if (isGood) _ids.TryAdd(id, true);
        else Interlocked.Increment(ref _forged);
        context.Response.StatusCode = isGood ? 204 : 401;
    }
}
