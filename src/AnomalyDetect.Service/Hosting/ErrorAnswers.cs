using AnomalyDetect.Service.Http;
using AnomalyDetect.Storage;

namespace AnomalyDetect.Service.Hosting;

/// <summary>Every error is a problem+json: what an endpoint threw, and the framework's bare 400, 404 and 405.</summary>
public sealed partial class ErrorAnswers(RequestDelegate next, ILogger<ErrorAnswers> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is there to hear
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await Answer(context, e);
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
            await Problem.Write(context, context.Response.StatusCode, CodeOf(context.Response.StatusCode), DetailOf(context.Response.StatusCode));
    }

    private Task Answer(HttpContext context, Exception e)
    {
        switch (e)
        {
            case BadHttpRequestException bad:
                return Problem.Write(context, bad.StatusCode, CodeOf(bad.StatusCode), DetailOf(bad.StatusCode));
            case StoreException:
                LogStore(logger, e);
                return Problem.Write(context, 503, "store_unavailable", "The store cannot be used now; try again later.", TimeSpan.FromSeconds(5));
            default:
                LogUnexpected(logger, e, context.GetEndpoint()?.DisplayName);
                return Problem.Write(context, 500, "internal_error", "Something went wrong inside; the service's log says what.");
        }
    }

    private static string CodeOf(int status) => status switch
    {
        404 => "not_found",
        405 => "method_not_allowed",
        413 => "body_too_large",
        415 => "content_type_not_supported",
        _ => "bad_request",
    };

    private static string DetailOf(int status) => status switch
    {
        404 => "There is nothing at this address; check the path.",
        405 => "This address does not take this method; see the Allow header.",
        _ => "The request could not be read; check its parameters and framing.",
    };

    [LoggerMessage(LogLevel.Error, "A request failed because of the store")]
    private static partial void LogStore(ILogger logger, Exception e);

    [LoggerMessage(LogLevel.Error, "A request to {Endpoint} failed")]
    private static partial void LogUnexpected(ILogger logger, Exception e, string? endpoint);
}
