namespace AnomalyDetect.Core.Baselines;

/// <summary>What minutes of one kind of event hold, of tenants and principals not known yet: learned in training, carried by the model file.</summary>
public sealed record RatePrior
{
    /// <summary>Counts in an active minute of a principal.</summary>
    public required float Mean { get; init; }

    /// <summary>Standard deviation of principals' own means: how wrong <see cref="Mean"/> is about one not known yet.</summary>
    public required float Between { get; init; }

    /// <summary>Variance ÷ mean of a principal's minutes; at least 1.</summary>
    public required float Dispersion { get; init; }

    /// <summary>The same of a whole tenant's minutes.</summary>
    public required float TenantDispersion { get; init; }

    internal bool IsValid => Mean is >= 0 and < 1e9f && Between is >= 0 and < 1e9f && Dispersion is >= 1 and < 1e9f && TenantDispersion is >= 1 and < 1e9f;
}

/// <summary>What a lane has come to know of one entity's minutes; what priors are made of.</summary>
/// <param name="Principal">Null for the tenant itself.</param>
/// <param name="Kind">0 logins, 1 API calls, 2 delegations.</param>
/// <param name="Windows">Closed windows it rests on.</param>
public readonly record struct LearnedRate(string Tenant, string? Principal, int Kind, double Mean, double Dispersion, int Windows);
