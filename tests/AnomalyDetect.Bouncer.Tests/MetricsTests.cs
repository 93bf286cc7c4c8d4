using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace AnomalyDetect.Bouncer.Tests;

[TestClass]
public sealed class MetricsTests
{
    [TestMethod]
    public async Task What_is_enforced_and_what_would_have_been_are_counted_apart_and_no_tag_names_anybody()
    {
        await using var service = await FakeService.StartAsync();
        service.Put(Some.Block(), Some.Decision(DecisionType.StepUp, DecisionScope.Principal, "ada", simulated: true));
        await using var shop = await Shop.OpenAsync(service.Url, time: new FakeTimeProvider(Some.Time));
        var seen = new ConcurrentBag<string>();
        using var listener = new MeterListener();
        var own = shop.Web.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == BouncerMetrics.MeterName && instrument.Meter.Scope == own) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => seen.Add(Line(i, value, tags)));
        listener.SetMeasurementEventCallback<int>((i, value, tags, _) => seen.Add(Line(i, value, tags)));
        listener.Start();

        await shop.GetAsync("/acme/catalogue", null, "203.0.113.9");
        await shop.GetAsync("/acme/orders", "tenant_id=acme;sub=ada");
        listener.RecordObservableInstruments();
        foreach (var line in new[]
        {
            "anomalydetect.bouncer.refused 1 type=block_ip", "anomalydetect.bouncer.would_have 1 type=step_up", "anomalydetect.bouncer.decisions 2", "anomalydetect.bouncer.away 0",
            "anomalydetect.bouncer.report_queue 2",
        }) Assert.Contains(line, seen, string.Join('\n', seen));
        Assert.IsFalse(seen.Any(l => l.Contains("acme", StringComparison.Ordinal) || l.Contains("ada", StringComparison.Ordinal) || l.Contains("203.", StringComparison.Ordinal)));
    }

    private static string Line<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{instrument.Name} {value}");
        foreach (var (key, tag) in tags) text += $" {key}={tag}";
        return text;
    }
}
