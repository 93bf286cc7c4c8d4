using System.Globalization;
using System.Net;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Formats;

namespace AnomalyDetect.Service.Configuration;

/// <summary>Checks what is the service's own; every part checks its own options.</summary>
internal static class ServiceOptionsValidator
{
    public static void Validate(ServiceOptions options, ConfigBinder binder, bool forService)
    {
        if (string.IsNullOrWhiteSpace(options.DataDirectory)) binder.Problem("data_directory", "must name a directory");
        Http(options.Http, binder, forService);
        if (EventFormats.Find(options.Source.Format) is null)
            binder.Problem("source.format", $"must be one of {string.Join(", ", EventFormats.All.Select(f => $"\"{f.Name}\""))}");
        else if (options.Source is { Kind: SourceKind.Journal, Format: not "native" })
            binder.Problem("source.format", "must be \"native\" with source.kind \"journal\": that is what POST /v1/events takes");
        if (options.Source.Kind == SourceKind.Kafka && options.Kafka is null)
            binder.Problem("kafka", "is required with source.kind \"kafka\"; give bootstrap_servers, topic and group");

        Between(options.Journal.SegmentBytes, 64 << 10, 1L << 30, "journal.segment_bytes", binder);
        Between(options.Journal.MaxBehindBytes, 1 << 20, long.MaxValue, "journal.max_behind_bytes", binder);
        Between(options.Journal.MaxQueued, 1, 1_000_000, "journal.max_queued", binder);
        Between(options.Journal.MaxQueuedBytes, 1 << 20, 16L << 30, "journal.max_queued_bytes", binder);
        Between(options.Journal.Retention, TimeSpan.Zero, TimeSpan.FromDays(3650), "journal.retention", binder);
        Between(options.Journal.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "journal.retry_after", binder);
        Between(options.Journal.Heartbeat, TimeSpan.Zero, TimeSpan.FromMinutes(1), "journal.heartbeat", binder);
        Between(options.History.Retention, TimeSpan.Zero, TimeSpan.FromDays(3650), "history.retention", binder);
        Between(options.History.MaxBytes, 1 << 20, 1L << 40, "history.max_bytes", binder);
        Between(options.Pipeline.Lanes, 0, 64, "pipeline.lanes", binder);
        Between(options.Pipeline.CheckpointInterval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "pipeline.checkpoint_interval", binder);
        Between(options.Pipeline.DrainTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), "pipeline.drain_timeout", binder);
        Between(options.Models.Poll, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), "models.poll", binder);
        Between(options.Triage.NotifyFrom, 0.0, 1.0, "triage.notify_from", binder);
        Between(options.Storage.RejectionsKept, 0, 10_000_000, "storage.rejections_kept", binder);
        Between(options.Storage.BusyTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), "storage.busy_timeout", binder);
    }

    private static void Http(HttpSection http, ConfigBinder binder, bool forService)
    {
        if (http.Urls.Count == 0) binder.Problem("http.urls", "must name at least one URL to listen at");
        for (var i = 0; i < http.Urls.Count; i++) Listen(http, http.Urls[i], $"http.urls[{i}]", binder);
        if (forService && http.Tls is { } tls)
        {
            if (!File.Exists(tls.CertificateFile)) binder.Problem("http.tls.certificate_file", "does not exist; name the PEM file with the certificate chain");
            if (!File.Exists(tls.KeyFile)) binder.Problem("http.tls.key_file", "does not exist; name the PEM file with the private key");
        }

        Between(http.Ingest.BodyBytes, 64 << 10, 256 << 20, "http.ingest.body_bytes", binder);
        Between(http.Ingest.CompressionRatio, 2, 1000, "http.ingest.compression_ratio", binder);
        Between(http.Ingest.InFlightBytes, http.Ingest.BodyBytes, 64L << 30, "http.ingest.in_flight_bytes", binder);
        Between(http.Ingest.RejectedShown, 0, 10_000, "http.ingest.rejected_shown", binder);
        Between(http.Limits.IngestPerMinute, 1, 10_000_000, "http.limits.ingest_per_minute", binder);
        Between(http.Limits.IngestBurst, 1, 1_000_000, "http.limits.ingest_burst", binder);
        Between(http.Limits.OtherPerMinute, 1, 10_000_000, "http.limits.other_per_minute", binder);
        Between(http.Limits.OtherBurst, 1, 1_000_000, "http.limits.other_burst", binder);
        Between(http.Stream.Clients, 1, 10_000, "http.stream.clients", binder);
        Between(http.Stream.Buffered, 1, 10_000, "http.stream.buffered", binder);
        Between(http.Stream.Patience, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), "http.stream.patience", binder);
        Between(http.Stream.Heartbeat, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), "http.stream.heartbeat", binder);
        Between(http.MaxConnections, 1, 100_000, "http.max_connections", binder);
    }

    private static void Listen(HttpSection http, string text, string path, ConfigBinder binder)
    {
        if (!ListenAddress.TryParse(text, out var address))
        {
            binder.Problem(path, "must be http:// or https:// with an IP address or localhost and a port, such as \"http://127.0.0.1:8470\"");
            return;
        }

        if (address.IsTls && http.Tls is null) binder.Problem(path, "https:// needs http.tls with certificate_file and key_file");
        if (!address.IsTls && !address.IsLoopback && !http.AllowPlaintext)
            binder.Problem(path, "others can reach this address and would send keys in clear; use https:// with http.tls, or set http.allow_plaintext to true");
    }

    private static void Between<T>(T value, T least, T most, string path, ConfigBinder binder)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0) return;
        binder.Problem(path, $"must be {Shown(least)} to {Shown(most)}, not {Shown(value)}");
    }

    private static string Shown<T>(T value) => value switch
    {
        TimeSpan span => Duration.Format(span),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };
}

/// <summary>Where to listen.</summary>
internal readonly record struct ListenAddress(IPAddress? Address, int Port, bool IsTls)
{
    /// <summary>Only this machine can reach it. A null address is <c>localhost</c>.</summary>
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    public static bool TryParse(string text, out ListenAddress address)
    {
        address = default;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")) return false;
        if (uri.PathAndQuery != "/" || uri.UserInfo.Length > 0) return false;
        var host = uri.Host.Trim('[', ']');
        IPAddress? ip = null;
        if (host != "localhost" && !IPAddress.TryParse(host, out ip)) return false;
        address = new ListenAddress(ip, uri.Port, uri.Scheme == "https");
        return true;
    }
}
