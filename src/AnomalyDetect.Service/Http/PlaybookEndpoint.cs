using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Playbooks;

namespace AnomalyDetect.Service.Http;

/// <summary>The playbook in force. It decides for every tenant, so only a key of every tenant sees it.</summary>
public sealed class PlaybookEndpoint(PlaybookWatch playbooks, IPlaybookHistory history)
{
    private const int Shown = 20;

    /// <summary><c>GET /v1/playbook</c>.</summary>
    public IResult Get(HttpContext context) => context.Caller().SeesAll
        ? TypedResults.Json(new PlaybookAnswer(playbooks.Version, playbooks.Source, playbooks.Problem, history.List(Shown)), ApiJson.Default.PlaybookAnswer)
        : Problem.Result(403, "tenant_not_allowed", "The playbook decides for every tenant; this needs a key that is bound to none.");
}
