using AnomalyDetect.Service.CommandLine;

namespace AnomalyDetect.Service.Tests.Fixtures;

/// <summary>One command line run in process, its output redirected.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    public static async Task<CliRun> Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await Cli.RunAsync(args, new Terminal(output, error, false, false));
        return new CliRun(code, output.ToString(), error.ToString());
    }
}
