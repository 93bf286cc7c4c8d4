using AnomalyDetect.Bouncer.Sample;

// AnomalyDetect__Service=http://127.0.0.1:8470 AnomalyDetect__ApiKey=… dotnet run --project tests/AnomalyDetect.Bouncer.Sample
var builder = WebApplication.CreateBuilder(args);
await SampleService.Build(builder, options => builder.Configuration.GetSection("AnomalyDetect").Bind(options)).RunAsync();
