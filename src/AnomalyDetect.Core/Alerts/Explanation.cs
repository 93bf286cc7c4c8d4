using System.Globalization;
using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Core.Alerts;

/// <summary>An alert in one sentence: what happened, to whom, how far from normal and since when.</summary>
internal static class Explanation
{
    private const double LeastNamed = 0.15; // share from which a contributor is named
    private const int MostNamed = 3;

    public static string Of(Episode e, string tenant)
    {
        var o = e.Peak;
        var since = new DateTime(e.First.At, DateTimeKind.Utc).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var window = Span(TimeSpan.FromTicks(o.WindowEnd - o.WindowStart));
        return e.Signal switch
        {
            Signal.CrossTenantApiSpike =>
                $"Tenant {tenant} made {Number(o.Observed)} calls to other tenants in {window}, where {Number(o.Expected)} are expected and {Number(o.Threshold)} allowed{e.Detail}; first at {since}.",
            Signal.InvalidClaimInjection when e.Entity.Kind == EntityKind.Address =>
                $"Address {e.Entity.Id} sent {Number(o.Observed)} tokens with forged or invalid claims to tenant {tenant} in {window} (limit {Number(o.Threshold)}){e.Detail}; first at {since}.",
            Signal.InvalidClaimInjection when e.Entity.Kind == EntityKind.Tenant =>
                $"Tenant {tenant} was sent {Number(o.Observed)} tokens with forged or invalid claims in {window}, where {Number(o.Expected)} are expected and {Number(o.Threshold)} allowed{e.Detail}{Led(e)}; first at {since}.",
            Signal.InvalidClaimInjection =>
                $"{Number(o.Observed)} tokens with forged or invalid claims named principal {e.Entity.Id} of tenant {tenant} in {window} (limit {Number(o.Threshold)}){e.Detail}; first at {since}.",
            Signal.DelegationScopeAbuse =>
                $"{Kind(e.Entity)} {e.Entity.Id} was denied {Number(o.Observed)} delegation grants in tenant {tenant} in {window} (limit {Number(o.Threshold)}); first at {since}.",
            Signal.SessionHijack =>
                $"Session {e.Entity.Id}{(e.Principal is null ? "" : $" of {e.Principal}")} in tenant {tenant} was used from {Number(o.Observed)} networks in {window} (limit {Number(o.Threshold)}){e.Detail}; first at {since}.",
            Signal.PolicyViolationBurst =>
                $"Principal {e.Entity.Id} of tenant {tenant} was denied {Number(o.Observed)} times in {window} (limit {Number(o.Threshold)}); first at {since}.",
            Signal.PasswordSpraying =>
                $"Address {e.Entity.Id} failed to log in as {Number(o.Observed)} different principals of tenant {tenant} in {window} (limit {Number(o.Threshold)}){e.Detail}{Led(e)}; first at {since}.",
            Signal.CredentialStuffing =>
                $"Tenant {tenant} had {Number(o.Observed)} failed logins in {window}, where {Number(o.Expected)} are expected and {Number(o.Threshold)} allowed{e.Detail}{Led(e)}; first at {since}.",
            Signal.MfaFatigue =>
                $"Principal {e.Entity.Id} of tenant {tenant} was asked for a second factor {Number(o.Observed)} times in {window} without giving it (limit {Number(o.Threshold)}){e.Detail}; first at {since}.",
            Signal.ImpossibleTravel or Signal.UnfamiliarSignIn or Signal.DormantPrincipal =>
                $"Principal {e.Entity.Id} of tenant {tenant} signed in{(e.Address is null ? "" : $" from {e.Address}")}{e.Detail}; first at {since}.",
            Signal.ResourceEnumeration =>
                $"Principal {e.Entity.Id} of tenant {tenant} asked for {Number(o.Observed)} different resources in {window} and got none of them (limit {Number(o.Threshold)}){e.Detail}; first at {since}.",
            Signal.CrossTenantFanOut =>
                $"Principal {e.Entity.Id} of tenant {tenant}{(e.Partner is null ? "" : $", for partner {e.Partner},")} called {Number(o.Observed)} other tenants in {window} (limit {Number(o.Threshold)}){e.Detail}; first at {since}.",
            Signal.TokenReplay =>
                $"A token of {(e.Principal is null ? "" : $"principal {e.Principal} of ")}tenant {tenant} was used from two networks{e.Detail}; first at {since}.",
            Signal.MlSpike when e.Contributions.Count > 0 =>
                $"{Kind(e.Entity)} {e.Entity.Id}{(e.Entity.Kind == EntityKind.Tenant ? "" : $" of tenant {tenant}")} behaved unlike itself for {window}: {Drove(e.Contributions)}{e.Detail}{Led(e)}; first at {since}.",
            Signal.MlSpike =>
                $"{Kind(e.Entity)} {e.Entity.Id}{(e.Entity.Kind == EntityKind.Tenant ? "" : $" of tenant {tenant}")} had {Number(o.Observed)} {e.Detail} in {window}, where {Number(o.Expected)} are expected: out of the pattern of its own past{Led(e)}; first at {since}.",
            Signal.TelemetrySilence =>
                $"Tenant {tenant} has sent no telemetry for {window}, where {Number(o.Expected)} independent events are expected; first noticed at {since}.",
            _ =>
                $"{Kind(e.Entity)} {e.Entity.Id}{(e.Entity.Kind == EntityKind.Tenant ? "" : $" of tenant {tenant}")} had {Number(o.Observed)} {What(e.Signal)} in {window}, {Number(Math.Abs(o.Deviation ?? 0))}σ {(o.Observed < o.Expected ? "below" : "above")} the {Number(o.Expected)} expected{e.Detail}{Led(e)}; first at {since}.",
        };
    }

    private static string Drove(IReadOnlyList<Contribution> contributions)
    {
        var told = contributions.Take(3).Select(c => $"{Number(c.Observed)} {Features.Phrase(c.Feature)} (usually {Number(c.Expected)})");
        return string.Join(", ", told);
    }

    /// <summary>Who stands out among many; nobody where nobody does.</summary>
    private static string Led(Episode e)
    {
        var leading = e.Contributors.Where(c => c.Share >= LeastNamed && c.Observed > 1).Take(MostNamed).ToList();
        var (made, claimed) = (leading.Where(c => !c.Claimed).ToList(), leading.Where(c => c.Claimed).ToList());
        return (made.Count == 0 ? "" : $", {(made.Max(c => c.Share) >= 0.5 || made.Where(c => c.Kind == made[0].Kind).Sum(c => c.Share) >= 0.5 ? "most" : "much")} by {Listed(made)}")
            + (claimed.Count == 0 ? "" : $", claiming to be {Listed(claimed)}");
    }

    private static string Listed(List<Contributor> named)
    {
        var told = named.Select((c, i) => $"{(i > 0 && c.Kind == named[i - 1].Kind ? "" : Names.Of(c.Kind) + " ")}{c.Id} ({Number(100 * c.Share)} %)").ToList();
        return told.Count == 1 ? told[0] : $"{string.Join(", ", told[..^1])} and {told[^1]}";
    }

    private static string What(Signal signal) => signal switch
    {
        Signal.LoginRate => "logins",
        Signal.ApiCallRate => "API calls",
        _ => "delegations",
    };

    private static string Kind(Entity entity) => entity.Kind switch
    {
        EntityKind.Tenant => "Tenant",
        EntityKind.Partner => "Partner",
        EntityKind.Session => "Session",
        EntityKind.Address => "Address",
        _ => "Principal",
    };

    private static string Number(double value) => value.ToString(value >= 100 ? "0" : "0.#", CultureInfo.InvariantCulture);

    /// <summary>A length of time as a person says it.</summary>
    public static string Span(TimeSpan span) =>
        span.TotalSeconds < 120 ? Invariant($"{span.TotalSeconds:0} s")
        : span.TotalMinutes < 120 ? Invariant($"{span.TotalMinutes:0} min")
        : Invariant($"{span.TotalHours:0.#} h");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
