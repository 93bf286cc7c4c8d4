using System.Diagnostics;

namespace AnomalyDetect.Bouncer.Sample;

/// <summary>Tells AnomalyDetect of every request, those the bouncer refuses among them.</summary>
internal static class SampleTelemetry
{
    public static IServiceCollection AddSampleTelemetry(this IServiceCollection services) =>
        services.AddSingleton<TelemetryQueue>().AddHostedService(provider => provider.GetRequiredService<TelemetryQueue>());

    /// <summary>Nothing without <see cref="AddSampleTelemetry"/>. Stands before the bouncer, so that it sees the bouncer's answers too.</summary>
    public static void UseSampleTelemetry(this WebApplication app)
    {
        if (app.Services.GetService<TelemetryQueue>() is not { } queue) return;
        var time = app.Services.GetService<TimeProvider>() ?? TimeProvider.System;
        app.Use(async (context, next) =>
        {
            var (at, began) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
            await next(context);
            if (!SampleService.IsHealthCheck(context)) queue.Add(RequestEvent.Write(context, at, Stopwatch.GetElapsedTime(began)));
        });
    }
}
