using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Service.Playbooks;

namespace AnomalyDetect.Service.Http;

/// <summary>The playbook in force. It decides for every tenant, so it reaches the whole installation.</summary>
public sealed class PlaybookEndpoint(PlaybookWatch playbooks, IPlaybookHistory history)
{
    private const int Shown = 20;

    /// <summary><c>GET /v1/playbook</c>.</summary>
    public IResult Get() => TypedResults.Json(new PlaybookAnswer(playbooks.Version, playbooks.Source, playbooks.Problem, history.List(Shown)), ApiJson.Default.PlaybookAnswer);
}
