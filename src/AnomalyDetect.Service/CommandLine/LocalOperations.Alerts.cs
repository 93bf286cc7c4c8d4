using System.Text.Json;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Service.Exceptions;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

internal sealed partial class LocalOperations
{
    public IAsyncEnumerable<JsonElement> FollowAlertsAsync(AlertFilter filter, Func<Task> ready, CancellationToken stop) =>
        throw new UserException("No service runs on this data directory, so no alerts come that could be followed; start one with 'anomalydetect run', or name one with --url.", UserException.Failed);

    public Task<ManualResolution> ResolveAlertAsync(string id, ReasonRequest request)
    {
        if (Reasons.Problem(request.Reason) is { } problem) throw new UserException(problem);
        if (_store.Queries.Alert(id) is null) throw NoAlert();
        return Task.FromResult(_store.AlertCases.Resolve(id, Actor, request.Reason!)
            ?? throw new UserException("This alert is not open, so there is nothing to resolve.", UserException.Failed));
    }

    /// <summary>Lanes go by it from the next start on.</summary>
    public Task<GrantedException> ExceptAlertAsync(string id, ExceptionRequest request)
    {
        if ((Reasons.Problem(request.Reason) ?? request.Problem(TimeProvider.System.GetUtcNow())) is { } problem) throw new UserException(problem);
        try
        {
            var granted = _store.AlertCases.Except(id, request.Until!.Value.UtcDateTime, Actor, request.Reason!, ExceptionsInForce.Room(_configured));
            return Task.FromResult(granted ?? throw NoAlert());
        }
        catch (InvalidOperationException)
        {
            throw new UserException(ExceptionsInForce.TooMany, UserException.Failed);
        }
    }

    public Task<ExceptionList> ExceptionsAsync() => Task.FromResult(new ExceptionList(_store.AlertCases.Exceptions(TimeProvider.System.GetUtcNow().UtcDateTime)));

    public Task EndExceptionAsync(string id, ReasonRequest request)
    {
        if (Reasons.Problem(request.Reason) is { } problem) throw new UserException(problem);
        return _store.AlertCases.EndException(id, Actor, request.Reason!)
            ? Task.CompletedTask
            : throw new UserException("There is no such exception in force; 'anomalydetect exceptions list' shows them.", UserException.Failed);
    }
}
