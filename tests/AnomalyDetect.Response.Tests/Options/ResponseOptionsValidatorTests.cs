namespace AnomalyDetect.Response.Tests.Options;

[TestClass]
public class ResponseOptionsValidatorTests
{
    [TestMethod]
    public void The_defaults_and_a_plain_webhook_and_redis_are_right() =>
        Assert.IsEmpty(ResponseOptionsValidator.Validate(new ResponseOptions
        {
            Webhooks = [new WebhookOptions { Name = "soc", Url = "https://soc.example/hook", Secrets = [new Secret(Some.SecretText)] }],
            Redis = new RedisOptions { Configuration = new Secret("redis.internal:6379,password=x") },
        }));

    [TestMethod]
    public void Every_problem_is_named_at_once_with_its_path_and_no_secret()
    {
        var errors = ResponseOptionsValidator.Validate(new ResponseOptions
        {
            Webhooks =
            [
                new WebhookOptions { Name = "a b", Url = "ftp://x", Secrets = [], Timeout = TimeSpan.FromSeconds(5), MaxInFlight = 0, AllowedRanges = ["nonsense"] },
                new WebhookOptions { Name = "twice", Url = "https://user:hunter2@x.example/", Secrets = [new Secret("whsec_hunter2")] },
                new WebhookOptions { Name = "twice", Url = "http://x.example/hunter2", Secrets = [new Secret(Some.SecretText)] },
            ],
            Redis = new RedisOptions { Name = "R!", Configuration = new Secret("hunter2=hunter2"), KeyPrefix = "a b", CheckInterval = TimeSpan.Zero },
            Retry = new RetryOptions { Base = TimeSpan.Zero, Factor = 0, Attempts = 0, Jitter = 2, Max = TimeSpan.FromDays(30), DisableAfter = TimeSpan.Zero },
            ExpirySweep = TimeSpan.Zero,
            DrainTimeout = TimeSpan.FromHours(1),
        });
        string[] paths =
        [
            "webhooks[0].name", "webhooks[0].url", "webhooks[0].secrets:", "webhooks[0].timeout", "webhooks[0].max_in_flight", "webhooks[0].allowed_ranges[0]",
            "webhooks[1].url: must not hold a user name", "webhooks[1].secrets[0]", "webhooks[2].url: plain http", "named 'twice'", "redis.name",
            "redis.configuration", "redis.key_prefix", "redis.check_interval", "retry.base", "retry.max", "retry.factor", "retry.attempts", "retry.jitter",
            "retry.disable_after", "expiry_sweep", "drain_timeout",
        ];
        foreach (var path in paths) Assert.HasCount(1, errors.Where(e => e.Contains(path)), $"{path} in {string.Join('\n', errors)}");
        Assert.HasCount(paths.Length, errors);
        Assert.IsFalse(errors.Any(e => e.Contains("hunter2")));
    }
}
