using AnomalyDetect.Core.Persistence;
using Prometheus;

namespace AnomalyDetect.Service.Http;

/// <summary>Every endpoint there is, and who may call it.</summary>
public static class Routes
{
    public static void Map(IEndpointRouteBuilder app, Api api)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapPost("/events", (Delegate)api.Events.PostAsync).WithMetadata(new NeedsRole(ApiRole.Ingest));

        v1.MapGet("/decisions", api.Decisions.FeedAsync).WithMetadata(new NeedsRole(ApiRole.Enforcer, ApiRole.Read));
        v1.MapGet("/decisions/{id}", api.Decisions.Get).WithMetadata(new NeedsRole(ApiRole.Enforcer, ApiRole.Read));
        v1.MapPost("/decisions/enforced", (Delegate)api.Enforcement.PostAsync).WithMetadata(new NeedsRole(ApiRole.Enforcer));
        v1.MapPost("/decisions/{id}/undo", api.Decisions.UndoAsync).WithMetadata(new NeedsRole(ApiRole.Respond));
        v1.MapPost("/decisions/undo", (Delegate)api.Decisions.UndoManyAsync).WithMetadata(new NeedsRole(ApiRole.Respond));
        v1.MapGet("/decisions/{id}/life", api.Decisions.Life).WithMetadata(new NeedsRole(ApiRole.Read));
        v1.MapGet("/decisions/held", api.Approvals.List).WithMetadata(new NeedsRole(ApiRole.Read, ApiRole.Respond));
        v1.MapPost("/decisions/{id}/approve", api.Approvals.ApproveAsync).WithMetadata(new NeedsRole(ApiRole.Respond));
        v1.MapPost("/decisions/{id}/refuse", api.Approvals.RefuseAsync).WithMetadata(new NeedsRole(ApiRole.Respond));

        v1.MapGet("/protections", api.Guards.List).WithMetadata(new NeedsRole(ApiRole.Read, ApiRole.Respond));
        v1.MapPost("/protections", (Delegate)api.Guards.AddAsync).WithMetadata(new NeedsRole(ApiRole.Respond));
        v1.MapPost("/protections/{id}/remove", api.Guards.RemoveAsync).WithMetadata(new NeedsRole(ApiRole.Respond));
        v1.MapGet("/enforcement", api.Guards.State).WithMetadata(new NeedsRole(ApiRole.Read, ApiRole.Respond));
        v1.MapPost("/enforcement/halt", (Delegate)api.Guards.HaltAsync).WithMetadata(new NeedsRole(ApiRole.Respond));
        v1.MapPost("/enforcement/resume", (Delegate)api.Guards.ResumeAsync).WithMetadata(new NeedsRole(ApiRole.Respond));
        v1.MapGet("/playbook", api.Playbook.Get).WithMetadata(new NeedsRole(ApiRole.Read, ApiRole.Admin));

        v1.MapGet("/alerts", api.Alerts.List).WithMetadata(new NeedsRole(ApiRole.Read));
        v1.MapGet("/alerts/{id}", api.Alerts.Get).WithMetadata(new NeedsRole(ApiRole.Read));
        v1.MapPost("/alerts/{id}/acknowledge", api.Alerts.AcknowledgeAsync).WithMetadata(new NeedsRole(ApiRole.Respond));
        v1.MapPost("/alerts/{id}/verdict", api.Alerts.JudgeAsync).WithMetadata(new NeedsRole(ApiRole.Respond, ApiRole.Admin));

        v1.MapGet("/deliveries", api.Deliveries.List).WithMetadata(new NeedsRole(ApiRole.Read));
        v1.MapPost("/deliveries/replay", (Delegate)api.Deliveries.ReplayAsync).WithMetadata(new NeedsRole(ApiRole.Respond));

        v1.MapGet("/rejections", api.Store.Rejections).WithMetadata(new NeedsRole(ApiRole.Read));
        v1.MapGet("/ledger/head", api.Store.LedgerHead).WithMetadata(new NeedsRole(ApiRole.Read));

        v1.MapGet("/keys", api.Keys.List).WithMetadata(new NeedsRole(ApiRole.Admin));
        v1.MapPost("/keys", (Delegate)api.Keys.AddAsync).WithMetadata(new NeedsRole(ApiRole.Admin));
        v1.MapDelete("/keys/{id}", api.Keys.Revoke).WithMetadata(new NeedsRole(ApiRole.Admin));

        v1.MapGet("/models", api.Models.List).WithMetadata(new NeedsRole(ApiRole.Read, ApiRole.Admin));
        v1.MapGet("/models/{id}", api.Models.Get).WithMetadata(new NeedsRole(ApiRole.Read, ApiRole.Admin));
        v1.MapPost("/models", (Delegate)api.Models.AddAsync).WithMetadata(new NeedsRole(ApiRole.Admin));
        v1.MapPost("/models/{id}/promote", api.Models.PromoteAsync).WithMetadata(new NeedsRole(ApiRole.Admin));
        v1.MapPost("/models/{id}/shadow", api.Models.ShadowAsync).WithMetadata(new NeedsRole(ApiRole.Admin));
        v1.MapPost("/models/shadow/end", (Delegate)api.Models.EndShadowAsync).WithMetadata(new NeedsRole(ApiRole.Admin));
        v1.MapPost("/models/rollback", (Delegate)api.Models.RollBackAsync).WithMetadata(new NeedsRole(ApiRole.Admin));

        v1.MapPost("/models/prune", (Delegate)api.Models.PruneAsync).WithMetadata(new NeedsRole(ApiRole.Admin));

        app.MapGet("/healthz", api.Health.Healthy).WithMetadata(new OpenToAll());
        app.MapGet("/readyz", api.Health.Ready).WithMetadata(new OpenToAll());
        app.MapMetrics("/metrics", api.Metrics).WithMetadata(new OpenToAll());
    }
}

/// <summary>The endpoints' parts, ready to be mapped.</summary>
public sealed record Api(
    EventsEndpoint Events, DecisionsEndpoint Decisions, EnforcementEndpoint Enforcement, ApprovalsEndpoint Approvals, GuardsEndpoint Guards, PlaybookEndpoint Playbook, AlertsEndpoint Alerts, DeliveriesEndpoint Deliveries, KeysEndpoint Keys,
    ModelsEndpoint Models, StoreEndpoints Store, HealthEndpoints Health, CollectorRegistry Metrics);
