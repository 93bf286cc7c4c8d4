using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/AnomalyDetect.Benchmarks -- --filter '*Decode*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
