using System.Net;
using System.Security.Cryptography.X509Certificates;
using AnomalyDetect.Core;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;

namespace AnomalyDetect.Service.Hosting;

/// <summary>Kestrel with the API on it, and nothing read from the environment or from files of its own.</summary>
internal static class WebServer
{
    public static WebApplication Build(HttpSection http, LoggingSection logging, Doorkeeping door, TimeSpan drain)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "anomalydetect" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, http));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(door.Keys).AddSingleton(door.Usage).AddSingleton(door.Limits);
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = drain);
        Logs.Configure(builder.Logging, logging);
        var app = builder.Build();
        app.UseMiddleware<ErrorAnswers>();
        app.UseRouting();
        app.UseMiddleware<KeyAuthentication>();
        app.UseMiddleware<RequestLimiting>();
        app.UseEndpoints(_ => { });
        return app;
    }

    /// <summary>
    /// What Kestrel reads and throws away (5 s at most) of a body that was refused, so that the sender gets to read why: closing on unread bytes resets the
    /// connection, and the answer is lost with it (RFC 9112, 9.6). The limits on what is used are <see cref="BodyReader"/>'s and <see cref="JsonBody"/>'s.
    /// </summary>
    private const long ReadAfterRefusal = 64 << 20;

    private static void Listen(KestrelServerOptions kestrel, HttpSection http)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxRequestBodySize = Math.Max(ReadAfterRefusal, 4L * http.Ingest.BodyBytes);
        kestrel.Limits.MaxConcurrentConnections = http.MaxConnections;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        foreach (var url in http.Urls)
        {
            if (!ListenAddress.TryParse(url, out var address)) throw new UserException($"http.urls: {Printable.Of(url)} is no address to listen at.");
            if (address.Address is null && address.Port != 0) kestrel.ListenLocalhost(address.Port, o => Secure(o, address, http.Tls));
            else kestrel.Listen(address.Address ?? IPAddress.Loopback, address.Port, o => Secure(o, address, http.Tls));
        }
    }

    private static void Secure(ListenOptions listen, ListenAddress address, TlsSection? tls)
    {
        if (address.IsTls) listen.UseHttps(Certificate(tls!));
    }

    private static X509Certificate2 Certificate(TlsSection tls)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.KeyFile);
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UserException("http.tls: the certificate and key cannot be used together; name PEM files that belong together and may be read.");
        }
    }
}

/// <summary>Signals are the command line's to handle, not the web host's.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
