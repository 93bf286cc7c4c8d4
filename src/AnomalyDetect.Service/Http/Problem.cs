using System.Globalization;
using System.Text.Json.Serialization;

namespace AnomalyDetect.Service.Http;

/// <summary>An error answer per RFC 9457 (<c>application/problem+json</c>).</summary>
/// <param name="Type">Always <c>about:blank</c>: <paramref name="Code"/> says which problem it is.</param>
/// <param name="Code">A stable snake_case word.</param>
/// <param name="Detail">One sentence the caller can act on.</param>
public sealed record Problem(string Type, string Title, int Status, string Code, string Detail)
{
    public const string MediaType = "application/problem+json";

    public static IResult Result(int status, string code, string detail, TimeSpan? retryAfter = null) => new Answer(Of(status, code, detail), retryAfter);

    public static Task Write(HttpContext context, int status, string code, string detail, TimeSpan? retryAfter = null) =>
        new Answer(Of(status, code, detail), retryAfter).ExecuteAsync(context);

    private static Problem Of(int status, string code, string detail) =>
        new("about:blank", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), status, code, detail);

    private sealed class Answer(Problem problem, TimeSpan? retryAfter) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = problem.Status;
            if (retryAfter is { } wait) response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return response.WriteAsJsonAsync(problem, ApiJson.Default.Problem, MediaType, httpContext.RequestAborted);
        }
    }
}
