using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Response.Routing;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using AnomalyDetect.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>ledger head</c> prints what to keep elsewhere; <c>ledger verify</c> walks the chain; <c>ledger list</c> shows its end. All work beside a running service.</summary>
internal static class LedgerVerb
{
    private const int MostShown = 10_000;

    public static Command Create(Terminal terminal)
    {
        var config = CommonOptions.Config();
        var data = CommonOptions.Data();
        var known = new Option<string?>("--head") { Description = "A head printed earlier: proves that nothing up to it was cut off or changed.", HelpName = "HASH" };

        var head = new Command("head", "Print the newest entry's hash. Keep it where this machine cannot change it.") { config, data };
        head.SetAction(parsed =>
        {
            using var store = Open(CommonOptions.Load(parsed, config, data));
            terminal.Out.WriteLine(store.Ledger.Head.Head);
            return UserException.Done;
        });

        var verify = new Command("verify", "Recompute every hash and compare every entry with what it records.") { config, data, known };
        verify.SetAction((parsed, cancellation) => Task.FromResult(Verify(CommonOptions.Load(parsed, config, data), parsed.GetValue(known), terminal, cancellation)));
        return new Command("ledger", "Read and check the hash-chained record of alerts, decisions, deliveries and operator calls.") { verify, head, List(terminal) };
    }

    private static Command List(Terminal terminal)
    {
        var (config, data) = (CommonOptions.Config(), CommonOptions.Data());
        var last = new Option<int>("--last") { Description = $"How many at most; 1 to {MostShown}.", DefaultValueFactory = _ => 100 };
        var kind = new Option<string?>("--kind") { Description = "Only of this kind, such as operator, decision_end or playbook." };
        var verb = new Command("list", "Show the newest entries, oldest first: number, time, kind, what it is about, and what it records.") { config, data, last, kind };
        verb.SetAction(parsed =>
        {
            if (parsed.GetValue(last) is < 1 or > MostShown) throw new UserException($"--last must be 1 to {MostShown}.");
            using var store = Open(CommonOptions.Load(parsed, config, data));
            foreach (var line in store.Ledger.Newest(parsed.GetValue(last), parsed.GetValue(kind)))
                terminal.Out.WriteLine($"{line.Sequence}  {line.RecordedAt:yyyy-MM-dd HH:mm:ss.fff}Z  {line.Kind}  {Printable.Of(line.SubjectId)}  {Printable.Of(line.Payload, 1000)}".TrimEnd());
            return UserException.Done;
        });
        return verb;
    }

    private static int Verify(Settings settings, string? known, Terminal terminal, CancellationToken cancellation)
    {
        if (known is not null && (known.Length != 64 || !known.All(char.IsAsciiHexDigit)))
            throw new UserException("--head must be the 64 hex digits that 'anomalydetect ledger head' printed.");
        using var store = Open(settings);
        var verdict = store.Ledger.Verify(known?.ToLowerInvariant(), cancellation);
        if (verdict.Reason is null)
        {
            terminal.Out.WriteLine($"The ledger is whole: {verdict.Entries} entries, head {verdict.Head}");
            return UserException.Done;
        }

        var where = verdict.FirstBad is { } bad ? $"entry {bad} is the first bad one: " : "";
        terminal.Error.WriteLine($"The ledger is NOT whole: {where}{Printable.Of(verdict.Reason)}");
        return UserException.Failed;
    }

    private static Store Open(Settings settings)
    {
        if (!File.Exists(settings.StorePath))
            throw new UserException($"There is no store at {Printable.Of(Path.GetFullPath(settings.StorePath))}; name the service's --config or --data.");
        return Store.Open(settings.Written.Storage with { Path = settings.StorePath }, new DeliveryRouter(settings.Response), TimeProvider.System, NullLogger.Instance);
    }
}
