using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>By what alerts are about, and how bad they are.</summary>
internal sealed class AlertChoice
{
    private readonly Option<string?> _signal = new("--signal") { Description = "Only those of this signal." };
    private readonly Option<string?> _severity = new("--severity") { Description = "Only those at least so severe." };
    private readonly Option<string?> _kind = new("--entity-kind") { Description = "Only those about such an entity." };
    private readonly Option<string?> _entity = new("--entity") { Description = "Only those about the entity of this id.", HelpName = "ID" };
    private readonly Option<string?> _text = new("--text") { Description = "Only those about an entity whose id contains this.", HelpName = "PART" };

    public AlertChoice()
    {
        _signal.AcceptOnlyFromAmong([.. Names.All<Signal>()]);
        _severity.AcceptOnlyFromAmong([.. Names.All<Severity>()]);
        _kind.AcceptOnlyFromAmong([.. Names.All<EntityKind>()]);
    }

    public Command On(Command verb)
    {
        foreach (var option in new[] { _signal, _severity, _kind, _entity, _text }) verb.Add(option);
        return verb;
    }

    public AlertFilter Of(ParseResult parsed, AlertFilter filter) => filter with
    {
        Signal = parsed.GetValue(_signal),
        Severity = parsed.GetValue(_severity),
        EntityKind = parsed.GetValue(_kind),
        Entity = parsed.GetValue(_entity),
        Text = parsed.GetValue(_text),
    };
}
