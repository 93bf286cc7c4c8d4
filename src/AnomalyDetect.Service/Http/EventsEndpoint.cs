using System.Net.Mime;
using AnomalyDetect.Streaming.Journals;

namespace AnomalyDetect.Service.Http;

/// <summary>
/// <c>POST /v1/events</c>: NDJSON or one JSON array of native events, optionally gzip. 202 MUST mean that the accepted records are on disk; after any other
/// answer, or none, the sender may send the same again.
/// </summary>
public sealed class EventsEndpoint(BodyReader bodies, EventIntake intake, Journal? journal, bool trustInternal, TimeProvider time, IngestMetrics metrics)
{
    private static readonly string[] Types = [MediaTypeNames.Application.Json, "application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines"];

    /// <summary>Of a body, as sent and as unpacked; bytes.</summary>
    public int MostBytes => bodies.MostBytes;

    public async Task<IResult> PostAsync(HttpContext context)
    {
        var caller = context.Caller();
        if (journal is null)
            return Problem.Result(409, "source_is_kafka", "This service takes its events from Kafka; send them to its topic.");
        if (!IsKnownType(context.Request.ContentType))
            return Problem.Result(415, "content_type_not_supported", $"Send events as {Types[1]}, or as an array with {Types[0]}.");

        try
        {
            using var body = await bodies.ReadAsync(context.Request);
            return await StoreAsync(body, caller);
        }
        catch (BodyRefusedException e)
        {
            return Refused(e.Status, e.Code, e.Message, e.RetryAfter);
        }
        catch (BadHttpRequestException e)
        {
            return Refused(e.StatusCode, "bad_request", "The request could not be read; check its length and framing.");
        }
        catch (JournalBehindException e)
        {
            return Refused(429, "behind", "The service is behind; send the same again later.", e.RetryAfter);
        }
        catch (JournalUnavailableException)
        {
            return Refused(503, "not_stored", "The events could not be stored; send the same again later.", TimeSpan.FromSeconds(5));
        }
    }

    private async Task<IResult> StoreAsync(Body body, Caller caller)
    {
        var desk = intake.Borrow();
        var taken = desk.Judge(body.Buffer, body.Length, caller, time.GetUtcNow().UtcDateTime);
        if (taken.Accepted == 0)
        {
            intake.Return(desk);
            metrics.Rejected(taken.RejectedCount);
            return taken.RejectedCount == 0
                ? Refused(400, "empty_body", "The body holds no event; send NDJSON or a JSON array of events.")
                : new NothingAccepted(taken);
        }

        // Not cancelled with the request: once it is on its way to the disk the outcome is known only when it is there. The desk's buffer is in use until then.
        await journal!.AppendAsync(taken.Ndjson, intake.Format.Name, trustInternal);
        intake.Return(desk);
        metrics.Accepted(taken.Accepted, body.Length);
        metrics.Rejected(taken.RejectedCount);
        return TypedResults.Json(new IngestAnswer(taken.Accepted, taken.RejectedCount, taken.Rejected), ApiJson.Default.IngestAnswer, statusCode: 202);
    }

    private IResult Refused(int status, string code, string detail, TimeSpan? retryAfter = null)
    {
        metrics.Refused(code);
        return Problem.Result(status, code, detail, retryAfter);
    }

    private static bool IsKnownType(string? type) =>
        type is not null && System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(type, out var parsed)
        && Types.Contains(parsed.MediaType, StringComparer.OrdinalIgnoreCase)
        && (parsed.CharSet is null || parsed.CharSet.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>400 where nothing could be read, 403 where what could be read is not this key's to say; names the lines.</summary>
    private sealed class NothingAccepted(Intake taken) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var problem = taken.Forbidden > 0
                ? new IngestProblem("about:blank", "Forbidden", 403, EventIntake.TenantNotAllowed, "This key may not speak for any tenant in the body.", 0, taken.RejectedCount, taken.Rejected)
                : new IngestProblem("about:blank", "Bad Request", 400, "nothing_readable", "No event in the body could be read; see the reasons.", 0, taken.RejectedCount, taken.Rejected);
            httpContext.Response.StatusCode = problem.Status;
            return httpContext.Response.WriteAsJsonAsync(problem, ApiJson.Default.IngestProblem, Problem.MediaType, httpContext.RequestAborted);
        }
    }
}
