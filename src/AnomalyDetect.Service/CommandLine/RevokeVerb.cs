using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary><c>decisions revoke</c>: sessions and tokens are over from now on.</summary>
internal static class RevokeVerb
{
    public static Command Create(Terminal terminal)
    {
        var reach = new OperationsOptions();
        var tenant = new Option<string>("--tenant") { Description = "The tenant.", Required = true };
        var principal = new Option<string?>("--principal") { Description = "All sessions and tokens of this principal, refresh tokens among them." };
        var session = new Option<string?>("--session") { Description = "This session." };
        var token = new Option<string?>("--token") { Description = "The token with this jti." };
        var everybody = new Option<bool>("--everybody") { Description = "All sessions and tokens of the whole tenant. Somebody with another key has to approve it (response.guards.approval.tenants)." };
        var span = new Option<string?>("--for") { Description = "How long the revocation is kept: longer than the last token would live by itself. 30d, and at most that.", HelpName = "DURATION" };
        var alert = new Option<string?>("--alert") { Description = "The alert it is for.", HelpName = "ID" };
        var reason = DecisionsVerb.Why();
        var verb = reach.On(new Command("revoke", "End a session, a token, or all sessions and tokens of a principal or a tenant from before now. Whoever signs in again goes on.")
        {
            tenant, principal, session, token, everybody, span, alert, reason,
        });
        verb.SetAction(async (parsed, _) =>
        {
            (DecisionScope Scope, string? Value)[] named =
            [
                .. new (DecisionScope, string?)[] { (DecisionScope.Principal, parsed.GetValue(principal)), (DecisionScope.Session, parsed.GetValue(session)), (DecisionScope.Token, parsed.GetValue(token)) }
                    .Where(n => n.Item2 is not null),
            ];
            if (named.Length + (parsed.GetValue(everybody) ? 1 : 0) != 1) throw new UserException("Name one of --principal, --session, --token and --everybody.");
            var (scope, value) = named.Length == 1 ? named[0] : (DecisionScope.Tenant, null);
            using var operations = reach.Open(parsed);
            var answer = await operations.RevokeAsync(new RevocationRequest(
                parsed.GetRequiredValue(tenant), scope, value, Until(parsed.GetValue(span)), parsed.GetValue(alert), parsed.GetRequiredValue(reason)));
            await terminal.Out.WriteLineAsync($"{answer.Id} is {Names.Of(answer.State)}: {Printable.Of(answer.Reason)}");
            return answer.State == DecisionState.Refused ? UserException.Failed : UserException.Done;
        });
        return verb;
    }

    private static DateTimeOffset? Until(string? span)
    {
        if (span is null) return null;
        return Duration.TryParse(span, out var length) && length > TimeSpan.Zero ? TimeProvider.System.GetUtcNow() + length : throw new UserException($"--for must be {Duration.Shape}.");
    }
}
