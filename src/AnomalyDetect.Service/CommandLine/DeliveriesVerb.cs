using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>deliveries list|replay</c>: what went out, what was given up, and putting that back.</summary>
internal static class DeliveriesVerb
{
    public static Command Create(Terminal terminal) =>
        new("deliveries", "Show outbound work, and put back what was given up.") { List(terminal), Replay(terminal) };

    private static Command List(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var state = new Option<string?>("--state") { Description = "Only those in this state." };
        state.AcceptOnlyFromAmong([.. Names.All<DeliveryState>()]);
        var limit = new Option<int>("--limit") { Description = "How many at most; 1 to 1000.", DefaultValueFactory = _ => 100 };
        var after = new Option<long>("--after") { Description = "Only those after this sequence number." };
        var verb = reach.On(new Command("list", "Show deliveries, oldest first.") { state, limit, after });
        verb.SetAction(async (parsed, _) =>
        {
            if (parsed.GetValue(limit) is < 1 or > 1000) throw new UserException("--limit must be 1 to 1000.");
            DeliveryState? wanted = parsed.GetValue(state) is { } word && Names.TryParse(word, out DeliveryState s) ? s : null;
            using var operations = reach.Open(parsed);
            foreach (var d in (await operations.DeliveriesAsync(wanted, parsed.GetValue(after), parsed.GetValue(limit))).Deliveries)
                await terminal.Out.WriteLineAsync(
                    $"{d.Sequence}  {Names.Of(d.State)}  {Printable.Of(d.Id)}  {Names.Of(d.Kind)}  {Printable.Of(d.TenantId)}  {d.Attempts} attempts  {Printable.Of(d.Result)}");
            return UserException.Done;
        });
        return verb;
    }

    private static Command Replay(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var target = new Option<string?>("--target") { Description = "Only those of this target." };
        var id = new Option<string?>("--id") { Description = "Only this one." };
        var verb = reach.On(new Command("replay", "Put dead deliveries back into the outbox.") { target, id });
        verb.SetAction(async (parsed, _) =>
        {
            using var operations = reach.Open(parsed);
            var count = await operations.ReplayDeliveriesAsync(new DeliveryReplayRequest(parsed.GetValue(target), parsed.GetValue(id)));
            await terminal.Out.WriteLineAsync($"{count} put back.");
            return UserException.Done;
        });
        return verb;
    }
}
