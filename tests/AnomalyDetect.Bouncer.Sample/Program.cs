using AnomalyDetect.Bouncer.Captcha;
using AnomalyDetect.Bouncer.Sample;

// AnomalyDetect__Service=http://127.0.0.1:8470 AnomalyDetect__ApiKey=… dotnet run --project tests/AnomalyDetect.Bouncer.Sample
var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter(typeof(SampleAuthentication).FullName, LogLevel.Warning);
builder.Services.AddSampleTelemetry();
await SampleService.Build(builder, options =>
{
    // Turnstile's public pair for tests; solutions are checked at Cloudflare, and without one nobody is asked.
    (options.Captcha.Provider, options.Captcha.SiteKey, options.Captcha.Secret) = (CaptchaProvider.Turnstile, "1x00000000000000000000AA", "1x0000000000000000000000000000000AA");
    builder.Configuration.GetSection("AnomalyDetect").Bind(options);
}).RunAsync();
