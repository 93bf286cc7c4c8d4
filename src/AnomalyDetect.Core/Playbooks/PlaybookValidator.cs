using System.Globalization;

namespace AnomalyDetect.Core.Playbooks;

/// <summary>Checks what a playbook says; reports every problem, each with the path of its field.</summary>
public static class PlaybookValidator
{
    public const int MaxRules = 500;

    private const int MaxList = 100;
    private const int MaxName = 100;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    public static IReadOnlyList<(string Path, string Text)> Validate(Playbook playbook)
    {
        var problems = new List<(string, string)>();
        if (playbook.Rules.Count > MaxRules) problems.Add(("rules", $"must be at most {MaxRules}, not {playbook.Rules.Count}"));
        foreach (var (tag, tenants) in playbook.TenantTags)
        {
            if (tag.Length is 0 or > MaxName) problems.Add(("tenant_tags", $"a tag must have 1 to {MaxName} characters"));
            Globs(problems, $"tenant_tags.{tag}", tenants);
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, rule) in playbook.Rules.Index())
        {
            var path = $"rules[{i}]";
            if (string.IsNullOrWhiteSpace(rule.Name) || rule.Name.Length > MaxName) problems.Add(($"{path}.name", $"must have 1 to {MaxName} characters"));
            else if (!names.Add(rule.Name)) problems.Add(($"{path}.name", $"two rules are named '{Printable.Of(rule.Name)}'; a name must be unique"));
            Rule(problems, path, rule, playbook);
        }

        return problems;
    }

    private static void Rule(List<(string, string)> problems, string path, PlaybookRule rule, Playbook playbook)
    {
        if (rule.Signals is not { Count: > 0 }) problems.Add(($"{path}.signals", "must name at least one signal"));
        if (rule.MinScore is { } score && !(score is >= 0 and <= 100)) problems.Add(($"{path}.min_score", string.Create(CultureInfo.InvariantCulture, $"must be 0 to 100, not {score}")));
        Globs(problems, $"{path}.tenants", rule.Tenants);
        foreach (var (i, tag) in rule.Tags.Index())
            if (!playbook.TenantTags.ContainsKey(tag)) problems.Add(($"{path}.tags[{i}]", $"'{Printable.Of(tag)}' is not one of tenant_tags{(playbook.TenantTags.Count == 0 ? ", of which there are none" : $": {string.Join(", ", playbook.TenantTags.Keys.Select(k => Printable.Of(k)))}")}"));
        if (rule.Count is { } count)
        {
            if (count.Alerts is < 2 or > OffenceBook.TimesKept) problems.Add(($"{path}.count.alerts", $"must be 2 to {OffenceBook.TimesKept}, not {count.Alerts}"));
            Span(problems, $"{path}.count.within", count.Within, Minute, Month);
        }

        if (rule.Decisions.Count > MaxList) problems.Add(($"{path}.decisions", $"must be at most {MaxList}"));
        foreach (var (i, decision) in rule.Decisions.Index()) Decision(problems, $"{path}.decisions[{i}]", decision, i, rule);
        if (rule.Chain is not { } chain) return;
        if (chain.Contacts is not { Count: > 0 and <= 5 } contacts || contacts.Distinct().Count() != contacts.Count)
            problems.Add(($"{path}.chain.contacts", $"must name each contact once: {string.Join(", ", Names.All<Audience>())}"));
        Span(problems, $"{path}.chain.acknowledge_within", chain.AcknowledgeWithin, Minute, TimeSpan.FromHours(24));
    }

    private static void Decision(List<(string, string)> problems, string path, DecisionTemplate decision, int place, PlaybookRule rule)
    {
        Span(problems, $"{path}.expires_after", decision.ExpiresAfter, Second, Month);
        var allowed = Allowed(decision.Type);
        if (decision.Scopes is not { Count: > 0 }) problems.Add(($"{path}.scopes", $"must name at least one of {string.Join(", ", allowed.Select(Names.Of))}"));
        else
            foreach (var (i, scope) in decision.Scopes.Index())
                if (!allowed.Contains(scope)) problems.Add(($"{path}.scopes[{i}]", $"{Names.Of(decision.Type)} cannot be aimed at {Names.Of(scope)}, only at {string.Join(", ", allowed.Select(Names.Of))}"));
        if (decision.Type == DecisionType.RateLimit && decision.Parameters is not { Limit: > 0, Per: > 0 })
            problems.Add(($"{path}.parameters", "must give limit (requests) and per (seconds), both above 0"));
        if (decision.Repeats is { } repeats)
        {
            Span(problems, $"{path}.repeats.within", repeats.Within, Minute, Month);
            if (repeats.ExpiresAfter is not { Count: > 0 and < OffenceBook.TimesKept }) problems.Add(($"{path}.repeats.expires_after", $"must name 1 to {OffenceBook.TimesKept - 1} durations"));
            else
                foreach (var (i, expiry) in repeats.ExpiresAfter.Index()) Span(problems, $"{path}.repeats.expires_after[{i}]", expiry, Second, Month);
        }

        if (decision.When is not { } when) return;
        Span(problems, $"{path}.when.for", when.For, TimeSpan.Zero, TimeSpan.FromDays(7));
        if (when.For > TimeSpan.Zero && when.After is null) problems.Add(($"{path}.when.for", "needs when.after: the step it is counted from"));
        if (when.After is { } after && rule.Decisions.Take(place).All(d => d.Type != after)) problems.Add(($"{path}.when.after", $"{Names.Of(after)} is no earlier step of this rule"));
    }

    private static void Globs(List<(string, string)> problems, string path, IReadOnlyList<string> globs)
    {
        if (globs.Count > 1000) problems.Add((path, "must be at most 1000"));
        foreach (var (i, glob) in globs.Index())
            if (!Glob.IsPattern(glob)) problems.Add(($"{path}[{i}]", $"must have 1 to {Glob.MaxLength} characters"));
    }

    private static DecisionScope[] Allowed(DecisionType type) => type switch
    {
        DecisionType.RateLimit or DecisionType.Captcha => [DecisionScope.Principal, DecisionScope.Partner, DecisionScope.Address],
        DecisionType.BlockIp => [DecisionScope.Address],
        DecisionType.RevokeSession or DecisionType.ForceReauth => [DecisionScope.Session, DecisionScope.Principal],
        DecisionType.StepUp => [DecisionScope.Principal],
        // Alerts keep no token ids: a single token is revoked by hand only.
        DecisionType.RevokeToken => [DecisionScope.Principal, DecisionScope.Tenant],
        _ => [DecisionScope.Partner],
    };

    private static void Span(List<(string, string)> problems, string path, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most) problems.Add((path, $"must be {least:c} to {most:c}, not {value:c}"));
    }
}
