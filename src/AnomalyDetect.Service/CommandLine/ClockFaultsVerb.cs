using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>clock-faults list</c>: whose telemetry comes too late to be used, or claims to be from the future.</summary>
internal static class ClockFaultsVerb
{
    public static Command Create(Terminal terminal) => new("clock-faults", "Show tenants whose telemetry comes too late to be used, or claims to be from the future.") { List(terminal) };

    private static Command List(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var tenant = new Option<string?>("--tenant") { Description = "Only this tenant's." };
        var limit = new Option<int>("--limit") { Description = "How many at most; 1 to 1000.", DefaultValueFactory = _ => 100 };
        var after = new Option<long?>("--after") { Description = "Only those that come after the one of this number." };
        var verb = reach.On(new Command("list", "Show them, what was noticed last first: number, tenant, kind, since and until when, in how many hours, how many events at least, the worst, and one of them.") { tenant, limit, after });
        verb.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(limit) is < 1 or > 1000) throw new UserException("--limit must be 1 to 1000.");
            if (parsed.GetValue(after) < 0) throw new UserException("--after must not be negative.");
            using var operations = reach.Open(parsed);
            foreach (var fault in (await operations.ClockFaultsAsync(parsed.GetValue(tenant), parsed.GetValue(after), parsed.GetValue(limit))).ClockFaults)
                await terminal.Out.WriteLineAsync(Line(fault));
            return UserException.Done;
        });
        return verb;
    }

    private static string Line(ClockFaultRow f) =>
        $"{f.Sequence}  {Printable.Of(f.TenantId)}  {Names.Of(f.Kind)}  {f.FirstSeen:yyyy-MM-dd HH:mm:ss}Z to {f.LastSeen:yyyy-MM-dd HH:mm:ss}Z  in {f.Hours} {(f.Hours == 1 ? "hour" : "hours")}  {f.Events} events and more, "
        + $"up to {Duration.Format(TimeSpan.FromSeconds(Math.Round(f.WorstSeconds)))} {(f.Kind == ClockFaultKind.Late ? "behind" : "ahead")}, such as {Printable.Of(f.EventId)}";
}
