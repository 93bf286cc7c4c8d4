using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http.OpenApi;

namespace AnomalyDetect.Service.Http;

/// <summary>Whose things a call is about.</summary>
public enum Reach : byte
{
    /// <summary>Nobody's in particular, and it needs no key: health, metrics, the description of the API.</summary>
    Open,

    /// <summary>Those of the key's tenants: the endpoint MUST hold everything it hands out or touches against <see cref="Caller.Sees"/>.</summary>
    Tenants,

    /// <summary>Nothing in it belongs to a tenant: the same for every key.</summary>
    Shared,

    /// <summary>Every tenant's at once: only for a key that is bound to none.</summary>
    Installation,
}

/// <summary>
/// What an endpoint is: the one place from which its authorization, its description in OpenAPI and the tests that walk all endpoints come. On every endpoint; one
/// without it answers nobody.
/// </summary>
/// <param name="Summary">One sentence.</param>
/// <param name="AnyOf">The roles of which the key needs one.</param>
public sealed record Operation(string Summary, Reach Reach, params IReadOnlyList<ApiRole> AnyOf)
{
    /// <summary>Its requests count against the limit of ingest, not against that of the other calls.</summary>
    public bool IsIngest { get; init; }

    /// <summary>The JSON it takes; null: no body.</summary>
    internal BodySchema? Takes { get; init; }

    /// <summary>A body above this is refused with 413; bytes.</summary>
    internal int MostBytes { get; init; } = JsonBody.Small;

    /// <summary>What it answers when all is well, by status.</summary>
    internal IReadOnlyList<(int Status, BodySchema? Body)> Gives { get; init; } = [];

    /// <summary>Errors that say more than <see cref="Problem"/>.</summary>
    internal IReadOnlyList<(int Status, BodySchema Body)> Refuses { get; init; } = [];
}

internal static class OperationExtensions
{
    public static void Is(this IEndpointConventionBuilder endpoint, Operation operation) => endpoint.WithMetadata(operation);
}
