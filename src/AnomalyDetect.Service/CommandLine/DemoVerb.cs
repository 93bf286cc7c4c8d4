using System.CommandLine;

namespace AnomalyDetect.Service.CommandLine;

internal static class DemoVerb
{
    public static Command Create(Terminal terminal) => new("demo", "…");
}
