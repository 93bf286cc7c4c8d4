using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Http.OpenApi;
using Prometheus;
using static AnomalyDetect.Core.Persistence.ApiRole;

namespace AnomalyDetect.Service.Http;

/// <summary>Every endpoint there is, and what it is: <see cref="Operation"/> says who may call it.</summary>
public static class Routes
{
    public static void Map(IEndpointRouteBuilder app, Api api)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapPost("/events", (Delegate)api.Events.PostAsync).Is(new Operation("Send events; 202 means the accepted ones are on disk.", Reach.Tenants, Ingest)
        {
            IsIngest = true, Takes = Bodies.Events, MostBytes = api.Events.MostBytes, Gives = [(202, Bodies.Of(ApiJson.Default.IngestAnswer))], Refuses = [(400, Bodies.IngestProblem), (403, Bodies.IngestProblem)],
        });

        Decisions(v1, api);
        Guards(v1, api);
        Alerts(v1, api);

        v1.MapGet("/deliveries", api.Deliveries.List).Is(new Operation("List outbound work, oldest first.", Reach.Tenants, Read) { Gives = [(200, Bodies.Of(ApiJson.Default.DeliveryList))] });
        v1.MapPost("/deliveries/replay", (Delegate)api.Deliveries.ReplayAsync).Is(new Operation("Put dead deliveries back.", Reach.Tenants, Respond)
        {
            Takes = Bodies.Of(ApiJson.Default.DeliveryReplayRequest), Gives = [(200, Bodies.Of(ApiJson.Default.DeliveryReplayAnswer))],
        });

        v1.MapGet("/rejections", api.Store.Rejections).Is(new Operation("List records that could not be read, newest first.", Reach.Installation, Read) { Gives = [(200, Bodies.Of(ApiJson.Default.RejectionList))] });
        v1.MapGet("/clock-faults", api.Store.ClockFaults).Is(new Operation("List tenants whose telemetry came too late to be used or claims to be from the future, what was noticed last first.", Reach.Tenants, Read)
        {
            Gives = [(200, Bodies.Of(ApiJson.Default.ClockFaultList))],
        });
        v1.MapGet("/ledger/head", api.Store.LedgerHead).Is(new Operation("The newest hash of the ledger, to be kept elsewhere.", Reach.Shared, Read) { Gives = [(200, Bodies.Of(ApiJson.Default.LedgerHeadAnswer))] });

        Keys(v1, api);
        Models(v1, api);

        app.MapGet("/healthz", api.Health.Healthy).Is(new Operation("The process answers.", Reach.Open) { Gives = [(200, Bodies.Of(ApiJson.Default.HealthAnswer))] });
        app.MapGet("/readyz", api.Health.Ready).Is(new Operation("Whether everything that must run does, or what is missing.", Reach.Open)
        {
            Gives = [(200, Bodies.Of(ApiJson.Default.ReadyAnswer)), (503, Bodies.Of(ApiJson.Default.ReadyAnswer))],
        });
        app.MapGet("/openapi.json", api.Description.Get).Is(new Operation("This description.", Reach.Open) { Gives = [(200, Bodies.Description)] });
        app.MapMetrics("/metrics", api.Metrics).Is(new Operation("Metrics for Prometheus.", Reach.Open) { Gives = [(200, Bodies.Metrics)] });
    }

    private static void Decisions(RouteGroupBuilder v1, Api api)
    {
        v1.MapGet("/decisions", api.Decisions.FeedAsync).Is(new Operation("Follow the feed of decisions.", Reach.Tenants, Enforcer, Read) { Gives = [(200, Bodies.Feed)] });
        v1.MapGet("/decisions/{id}", api.Decisions.Get).Is(new Operation("One decision, in whatever state.", Reach.Tenants, Enforcer, Read) { Gives = [(200, Bodies.Decision)] });
        v1.MapPost("/decisions/enforced", (Delegate)api.Enforcement.PostAsync).Is(new Operation("Report what was enforced; a report sent again is counted once.", Reach.Tenants, Enforcer)
        {
            Takes = Bodies.Of(ApiJson.Default.EnforcementReport, "instance", "batch", "decisions"), Gives = [(200, Bodies.Of(ApiJson.Default.EnforcementAnswer))],
        });
        v1.MapPost("/decisions/{id}/undo", api.Decisions.UndoAsync).Is(new Operation("End a decision in force by hand.", Reach.Tenants, Respond)
        {
            Takes = Bodies.Of(ApiJson.Default.UndoRequest, "reason"), Gives = [(200, Bodies.Of(ApiJson.Default.UndoAnswer))],
        });
        v1.MapPost("/decisions/undo", (Delegate)api.Decisions.UndoManyAsync).Is(new Operation("End all decisions in force of a rule, a tenant or since a time.", Reach.Tenants, Respond)
        {
            Takes = Bodies.Of(ApiJson.Default.UndoManyRequest, "reason"), Gives = [(200, Bodies.Of(ApiJson.Default.UndoManyAnswer))],
        });
        v1.MapGet("/decisions/{id}/life", api.Decisions.Life).Is(new Operation("What has become of a decision, step by step.", Reach.Tenants, Read) { Gives = [(200, Bodies.Of(ApiJson.Default.DecisionLifeAnswer))] });

        v1.MapPost("/revocations", (Delegate)api.Revocations.PostAsync).Is(new Operation("Revoke a session, a token, or all sessions and tokens of a principal or a tenant.", Reach.Tenants, Respond)
        {
            Takes = Bodies.Of(ApiJson.Default.RevocationRequest, "tenant_id", "scope", "reason"), Gives = [(201, Bodies.Of(ApiJson.Default.RevocationAnswer))],
        });

        var approval = (200, Bodies.Of(ApiJson.Default.ApprovalAnswer));
        var reason = Bodies.Of(ApiJson.Default.ReasonRequest, "reason");
        v1.MapGet("/decisions/held", api.Approvals.List).Is(new Operation("List decisions that wait for a person, oldest first.", Reach.Tenants, Read, Respond) { Gives = [(200, Bodies.Of(ApiJson.Default.HeldList))] });
        v1.MapPost("/decisions/{id}/approve", api.Approvals.ApproveAsync).Is(new Operation("Put a waiting decision in force.", Reach.Tenants, Respond) { Takes = reason, Gives = [approval] });
        v1.MapPost("/decisions/{id}/refuse", api.Approvals.RefuseAsync).Is(new Operation("Refuse a waiting decision.", Reach.Tenants, Respond) { Takes = reason, Gives = [approval] });
    }

    private static void Guards(RouteGroupBuilder v1, Api api)
    {
        var state = (200, Bodies.Of(ApiJson.Default.EnforcementStateAnswer));
        var reason = Bodies.Of(ApiJson.Default.ReasonRequest, "reason");
        var halt = Bodies.Of(ApiJson.Default.HaltRequest, "reason");
        v1.MapGet("/protections", api.Guards.List).Is(new Operation("List what nothing is ever aimed at.", Reach.Tenants, Read, Respond) { Gives = [(200, Bodies.Of(ApiJson.Default.ProtectionList))] });
        v1.MapPost("/protections", (Delegate)api.Guards.AddAsync).Is(new Operation("Protect somebody or something; what stands against it is undone.", Reach.Tenants, Respond)
        {
            Takes = Bodies.Of(ApiJson.Default.ProtectionRequest, "kind", "value", "reason"), Gives = [(201, Bodies.Of(ApiJson.Default.ProtectionAnswer))],
        });
        v1.MapPost("/protections/{id}/remove", api.Guards.RemoveAsync).Is(new Operation("Take a protection away.", Reach.Tenants, Respond) { Takes = reason, Gives = [(204, null)] });
        v1.MapGet("/enforcement", api.Guards.State).Is(new Operation("Whether enforcement is halted, everywhere or in a tenant.", Reach.Tenants, Read, Respond) { Gives = [state] });
        v1.MapPost("/enforcement/halt", (Delegate)api.Guards.HaltAsync).Is(new Operation("Halt enforcement, everywhere or in a tenant, and withdraw what is in force there.", Reach.Tenants, Respond) { Takes = halt, Gives = [state] });
        v1.MapPost("/enforcement/resume", (Delegate)api.Guards.ResumeAsync).Is(new Operation("Let decisions take effect again, everywhere or in a tenant.", Reach.Tenants, Respond) { Takes = halt, Gives = [state] });
        v1.MapGet("/playbook", api.Playbook.Get).Is(new Operation("The playbook in force, and those before.", Reach.Installation, Read, Admin) { Gives = [(200, Bodies.Of(ApiJson.Default.PlaybookAnswer))] });
    }

    private static void Alerts(RouteGroupBuilder v1, Api api)
    {
        v1.MapGet("/alerts", api.Alerts.List).Is(new Operation("List alerts at their latest revision, newest first.", Reach.Tenants, Read) { Gives = [(200, Bodies.AlertList)] });
        v1.MapGet("/alerts/stream", api.Stream.FollowAsync).Is(new Operation("Follow alerts as they come (Server-Sent Events).", Reach.Tenants, Read) { Gives = [(200, Bodies.Stream)] });
        v1.MapGet("/alerts/{id}", api.Alerts.Get).Is(new Operation("All about one alert: evidence, series, verdicts, decisions, deliveries and its timeline.", Reach.Tenants, Read) { Gives = [(200, Bodies.AlertDossier)] });
        v1.MapPost("/alerts/{id}/acknowledge", api.Alerts.AcknowledgeAsync).Is(new Operation("Say that somebody sees to an alert; the first who says so stands.", Reach.Tenants, Respond)
        {
            Takes = Bodies.Of(ApiJson.Default.AcknowledgeRequest), Gives = [(200, Bodies.Of(CoreJson.Default.AlertAcknowledgement))],
        });
        v1.MapPost("/alerts/{id}/verdict", api.Alerts.JudgeAsync).Is(new Operation("Record what an analyst makes of an alert.", Reach.Tenants, Respond, Admin)
        {
            Takes = Bodies.Of(ApiJson.Default.VerdictRequest, "verdict", "reason"), Gives = [(200, Bodies.Of(CoreJson.Default.AlertVerdict))],
        });
        v1.MapPost("/alerts/{id}/resolve", api.Cases.ResolveAsync).Is(new Operation("Put an open alert aside; it is open again when it grows.", Reach.Tenants, Respond)
        {
            Takes = Bodies.Of(ApiJson.Default.ReasonRequest, "reason"), Gives = [(200, Bodies.Of(CoreJson.Default.ManualResolution))],
        });
        v1.MapPost("/alerts/{id}/exception", api.Cases.ExceptAsync).Is(new Operation("Say that what the alert tells of is expected of its entity, until a time.", Reach.Tenants, Respond)
        {
            Takes = Bodies.Of(ApiJson.Default.ExceptionRequest, "until", "reason"), Gives = [(201, Bodies.Of(CoreJson.Default.GrantedException))],
        });

        v1.MapGet("/exceptions", api.Cases.List).Is(new Operation("List exceptions in force that were granted on alerts.", Reach.Tenants, Read, Respond) { Gives = [(200, Bodies.Of(ApiJson.Default.ExceptionList))] });
        v1.MapPost("/exceptions/{id}/end", api.Cases.EndAsync).Is(new Operation("End an exception before its time.", Reach.Tenants, Respond)
        {
            Takes = Bodies.Of(ApiJson.Default.ReasonRequest, "reason"), Gives = [(204, null)],
        });
    }

    private static void Keys(RouteGroupBuilder v1, Api api)
    {
        v1.MapGet("/keys", api.Keys.List).Is(new Operation("List keys.", Reach.Tenants, Admin) { Gives = [(200, Bodies.Of(ApiJson.Default.KeyList))] });
        v1.MapPost("/keys", (Delegate)api.Keys.AddAsync).Is(new Operation("Make a key; its text is in this answer only.", Reach.Tenants, Admin)
        {
            Takes = Bodies.Of(ApiJson.Default.KeyRequest, "name", "roles"), Gives = [(201, Bodies.Of(ApiJson.Default.KeyAnswer))],
        });
        v1.MapPost("/keys/{id}/rotate", api.Keys.RotateAsync).Is(new Operation("Give a key another text; the one before stays good for a grace.", Reach.Tenants, Admin)
        {
            Takes = Bodies.Of(ApiJson.Default.KeyRotation), Gives = [(200, Bodies.Of(ApiJson.Default.KeyAnswer))],
        });
        v1.MapDelete("/keys/{id}", api.Keys.Revoke).Is(new Operation("End a key at once.", Reach.Tenants, Admin) { Gives = [(204, null)] });
    }

    private static void Models(RouteGroupBuilder v1, Api api)
    {
        var change = (200, Bodies.Of(ApiJson.Default.ModelChange));
        var reason = Bodies.Of(ApiJson.Default.ReasonRequest, "reason");
        v1.MapGet("/models", api.Models.List).Is(new Operation("List trained models.", Reach.Installation, Read, Admin) { Gives = [(200, Bodies.Of(ApiJson.Default.ModelList))] });
        v1.MapGet("/models/{id}", api.Models.Get).Is(new Operation("One trained model.", Reach.Installation, Read, Admin) { Gives = [(200, Bodies.Of(ApiJson.Default.ModelRow))] });
        v1.MapPost("/models", (Delegate)api.Models.AddAsync).Is(new Operation("Register a model file; 200 when it was there already.", Reach.Installation, Admin)
        {
            Takes = Bodies.Of(ApiJson.Default.ModelUpload, "file", "reason"), MostBytes = ModelsEndpoint.MaxUpload,
            Gives = [(201, Bodies.Of(ApiJson.Default.ModelRow)), (200, Bodies.Of(ApiJson.Default.ModelRow))],
        });
        v1.MapPost("/models/{id}/promote", api.Models.PromoteAsync).Is(new Operation("Put a model in force.", Reach.Installation, Admin) { Takes = reason, Gives = [change] });
        v1.MapPost("/models/{id}/shadow", api.Models.ShadowAsync).Is(new Operation("Let a model score beside the champion.", Reach.Installation, Admin) { Takes = reason, Gives = [change] });
        v1.MapPost("/models/shadow/end", (Delegate)api.Models.EndShadowAsync).Is(new Operation("Have no shadow any more.", Reach.Installation, Admin) { Takes = reason, Gives = [change] });
        v1.MapPost("/models/rollback", (Delegate)api.Models.RollBackAsync).Is(new Operation("Put the champion before in force again.", Reach.Installation, Admin) { Takes = reason, Gives = [change] });
        v1.MapPost("/models/triage", (Delegate)api.Models.RefreshTriageAsync).Is(new Operation("Have alerts ranked by trees learned since the champion came; 200 when they are already.", Reach.Installation, Admin)
        {
            Takes = Bodies.Of(ApiJson.Default.TriageUpload, "file", "reason"), MostBytes = ModelsEndpoint.MaxUpload,
            Gives = [(201, Bodies.Of(ApiJson.Default.TriageChange)), (200, Bodies.Of(ApiJson.Default.TriageChange))],
        });
        v1.MapPost("/models/prune", (Delegate)api.Models.PruneAsync).Is(new Operation("Remove models that are neither in use nor among the newest.", Reach.Installation, Admin)
        {
            Takes = Bodies.Of(ApiJson.Default.PruneRequest, "keep", "reason"), Gives = [(200, Bodies.Of(ApiJson.Default.PruneAnswer))],
        });
    }
}

/// <summary>The endpoints' parts, ready to be mapped.</summary>
public sealed record Api(
    EventsEndpoint Events, DecisionsEndpoint Decisions, EnforcementEndpoint Enforcement, ApprovalsEndpoint Approvals, RevocationsEndpoint Revocations, GuardsEndpoint Guards, PlaybookEndpoint Playbook,
    AlertsEndpoint Alerts, AlertCasesEndpoint Cases, AlertStreamEndpoint Stream, DeliveriesEndpoint Deliveries, KeysEndpoint Keys, ModelsEndpoint Models, StoreEndpoints Store, HealthEndpoints Health, ApiDescription Description, CollectorRegistry Metrics);
