using System.Text.RegularExpressions;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Guards;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Response.Options;
using AnomalyDetect.Streaming.Sources;

namespace AnomalyDetect.Service.Configuration;

/// <summary>From what was written to what is in force: fetches secrets, hands each part its options and gathers what every part's validator says.</summary>
internal static partial class SettingsBuilder
{
    public static Settings Build(ServiceOptions options, Playbook playbook, BehaviourModel? model, ConfigBinder binder, bool forService)
    {
        ServiceOptionsValidator.Validate(options, binder, forService);
        var engine = new EngineOptions
        {
            Detection = options.Detection,
            Enforcement = new EnforcementOptions
            {
                Enforce = options.Response.Enforce, Tenants = options.Response.Tenants, DryRun = options.Response.DryRun,
                NeverTarget = [.. options.Response.NeverTarget, .. options.Response.VerifiedProxies],
            },
            Playbook = playbook,
            Model = model,
        };
        foreach (var problem in EngineOptionsValidator.Validate(engine)) binder.Problem("", problem);

        var guards = Guards(options, engine);
        foreach (var problem in guards.Problems().Where(p => !p.StartsWith("response.never_target", StringComparison.Ordinal))) binder.Problem("", problem);
        if (options.Response.PlaybookPoll < TimeSpan.FromSeconds(1) || options.Response.PlaybookPoll > TimeSpan.FromHours(1)) binder.Problem("response.playbook_poll", "must be 1s to 1h");
        if (!forService) return new Settings(options, engine, new ResponseOptions(), guards, null);
        var before = binder.Problems.Count;
        var response = Response(options.Response, binder) with { NotifyFrom = options.Triage.NotifyFrom };
        // A secret that is missing would be reported again as malformed.
        if (binder.Problems.Count == before)
            foreach (var problem in ResponseOptionsValidator.Validate(response)) binder.Problem("", problem);
        return new Settings(options, engine, response, guards, Kafka(options, binder));
    }

    private static GuardOptions Guards(ServiceOptions options, EngineOptions engine) => new()
    {
        DryRun = options.Response.DryRun,
        NeverTarget =
        [
            .. engine.Enforcement.NeverTarget.Concat(options.Detection.Signals.EgressRanges).Concat(options.Detection.TenantSignals.Values.SelectMany(s => s.EgressRanges)).Distinct(),
        ],
        Approval = options.Response.Guards.Approval,
        BlastRadius = options.Response.Guards.BlastRadius,
        CoolOff = options.Response.Guards.CoolOff,
    };

    private static ResponseOptions Response(ResponseSection section, ConfigBinder binder) => new()
    {
        Webhooks = [.. section.Webhooks.Select((w, i) => Webhook(w, $"response.webhooks[{i}]", binder))],
        Redis = section.Redis is { } redis ? Redis(redis, binder) : null,
        Retry = section.Retry,
        ExpirySweep = section.ExpirySweep,
        DrainTimeout = section.DrainTimeout,
    };

    private static WebhookOptions Webhook(WebhookSection section, string path, ConfigBinder binder) => new()
    {
        Name = section.Name ?? "",
        Url = section.Url is null ? "" : Fetch(section.Url, $"{path}.url", binder),
        Secrets = [.. (section.Secrets ?? []).Select((s, i) => new Secret(Fetch(s, $"{path}.secrets[{i}]", binder)))],
        Audiences = section.Audiences,
        Tenants = section.Tenants,
        MinimumSeverity = section.MinimumSeverity,
        Timeout = section.Timeout,
        AllowedRanges = section.AllowedRanges,
        MaxInFlight = section.MaxInFlight,
    };

    private static RedisOptions Redis(RedisSection section, ConfigBinder binder)
    {
        const string path = "response.redis.configuration";
        if (section.Configuration?.Text is { } text && HoldsPassword().IsMatch(text)) binder.Problem(path, SecretReference.Advice);
        var redis = new RedisOptions
        {
            Name = section.Name,
            Configuration = new Secret(section.Configuration is null ? "" : Fetch(section.Configuration, path, binder)),
            KeyPrefix = section.KeyPrefix,
            ConnectTimeout = section.ConnectTimeout,
            CommandTimeout = section.CommandTimeout,
            CheckInterval = section.CheckInterval,
        };
        return section.Retry is { } retry ? redis with { Retry = retry } : redis;
    }

    private static KafkaOptions? Kafka(ServiceOptions options, ConfigBinder binder)
    {
        if (options.Kafka is not { } section) return null;
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in section.Client)
        {
            var path = $"kafka.client.{Printable.Of(name)}";
            if (value.Secret is null && IsSecretProperty().IsMatch(name)) binder.Problem(path, SecretReference.Advice);
            settings[name] = Fetch(value, path, binder);
        }

        return new KafkaOptions
        {
            BootstrapServers = section.BootstrapServers ?? "",
            Topic = section.Topic ?? "",
            GroupId = section.Group ?? "",
            TrustInternal = options.Source.TrustInternal,
            CheckCrcs = section.CheckCrcs,
            SkipLostRecords = section.SkipLostRecords,
            RevocationTimeout = section.RevocationTimeout,
            Settings = settings,
        };
    }

    private static string Fetch(SettingValue value, string path, ConfigBinder binder) => value.Secret is { } secret ? Fetch(secret, path, binder) : value.Text!;

    private static string Fetch(SecretReference secret, string path, ConfigBinder binder)
    {
        try
        {
            return secret.Resolve(path);
        }
        catch (UserException e)
        {
            binder.Problem("", e.Message);
            return "";
        }
    }

    [GeneratedRegex("password|secret|token|jaas|key\\.pem|ssl\\.key|oauthbearer\\.config", RegexOptions.IgnoreCase)]
    private static partial Regex IsSecretProperty();

    [GeneratedRegex(@"(^|,)\s*password\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex HoldsPassword();
}
