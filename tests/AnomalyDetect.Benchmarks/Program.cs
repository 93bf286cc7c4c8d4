using System.Globalization;
using AnomalyDetect.Benchmarks;
using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/AnomalyDetect.Benchmarks -- --filter '*Decode*'
// dotnet run -c Release --project tests/AnomalyDetect.Benchmarks -- kafka [EVENTS] [ROUNDS]
// dotnet run -c Release --project tests/AnomalyDetect.Benchmarks -- http [EVENTS_PER_SECOND] [SECONDS]
// dotnet run -c Release --project tests/AnomalyDetect.Benchmarks -- bouncer [DECISIONS_HELD] [ROUNDS]
// dotnet run -c Release --project tests/AnomalyDetect.Benchmarks -- enforcement [DECISIONS_PER_SECOND] [SECONDS]
// dotnet run -c Release --project tests/AnomalyDetect.Benchmarks -- swap [EVENTS_PER_SECOND] [SECONDS] [ROUNDS]
// dotnet run -c Release --project tests/AnomalyDetect.Benchmarks -- replay FILE [PASSES]
// dotnet run -c Release --project tests/AnomalyDetect.Benchmarks -- whole PROGRAM FILE [PASSES]
// dotnet run -c Release --project tests/AnomalyDetect.Benchmarks -- history ROWS DIRECTORY
switch (args)
{
    case ["kafka", .. var rest]:
        await KafkaComparison.RunAsync(Number(rest, 0, 150_000), Number(rest, 1, 9), Console.Out);
        break;
    case ["http", .. var rest]:
        await HttpLatency.RunAsync(Number(rest, 0, 20_000), Number(rest, 1, 60), Console.Out);
        break;
    case ["bouncer", .. var rest]:
        await BouncerLatency.RunAsync(Number(rest, 0, 100_000), Number(rest, 1, 200), Console.Out);
        break;
    case ["enforcement", .. var rest]:
        await EnforcementLatency.RunAsync(Number(rest, 0, 1_000), Number(rest, 1, 30), Console.Out);
        break;
    case ["swap", .. var rest]:
        await SwapLatency.RunAsync(Number(rest, 0, 50_000), Number(rest, 1, 30), Number(rest, 2, 2), Console.Out);
        break;
    case ["replay", var file, .. var rest]:
        await ReplayPasses.RunAsync(file, Number(rest, 0, 6), Console.Out);
        break;
    case ["whole", var program, var file, .. var rest]:
        await ReplayPasses.RunWholeAsync(program, file, Number(rest, 0, 6), Console.Out);
        break;
    case ["history", _, var directory]:
        await HistoryFile.WriteAsync(Number(args, 1, 0), directory, Console.Out);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(KafkaComparison).Assembly).Run(args);
        break;
}

static int Number(string[] values, int index, int otherwise) => index < values.Length ? int.Parse(values[index], CultureInfo.InvariantCulture) : otherwise;
