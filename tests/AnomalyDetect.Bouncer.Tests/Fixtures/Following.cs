using AnomalyDetect.Bouncer.Decisions;
using AnomalyDetect.Bouncer.Feed;
using AnomalyDetect.Bouncer.Reporting;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Tests.Fixtures;

/// <summary>Everything behind the middleware, put together as an application would, against a <see cref="FakeService"/>; nothing runs by itself.</summary>
internal sealed class Following : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    public Following(Uri service, Action<BouncerOptions>? adjust = null) => _provider = new ServiceCollection()
        .AddSingleton<TimeProvider>(Clock)
        .AddAnomalyDetectBouncer(o =>
        {
            (o.Service, o.ApiKey) = (service, "ad_test");
            adjust?.Invoke(o);
        })
        .BuildServiceProvider();

    public FakeTimeProvider Clock { get; } = new(Some.Time);

    public FeedFollower Follower => Get<FeedFollower>();

    public DecisionTable Table => Get<DecisionCopy>().Table;

    public BouncerOptions Options => Get<IOptions<BouncerOptions>>().Value;

    public EnforcementQueue Queue => Get<EnforcementQueue>();

    public EnforcementReporter Reporter => Get<EnforcementReporter>();

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    public Task<bool> AdvanceAsync() => Follower.AdvanceAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>What the next advance fails with.</summary>
    public Task<FeedException> FailureAsync() => Assert.ThrowsAsync<FeedException>(AdvanceAsync);

    public bool Holds(Decision decision) => Table.Find(decision.Id) is not null;

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
