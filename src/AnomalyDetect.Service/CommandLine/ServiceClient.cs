using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AnomalyDetect.Core;
using AnomalyDetect.Service.Http;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>A running service's API, for the verbs that go through it. Errors come out as the sentences the service gave.</summary>
internal sealed class ServiceClient : IDisposable
{
    private readonly HttpClient _http;

    public ServiceClient(string url, string key)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(10) };
        _http = new HttpClient(handler) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(60), MaxResponseContentBufferSize = 64 << 20 };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> answer) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path), answer);

    public Task<T> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> type, JsonTypeInfo<T> answer) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, type) }, answer);

    /// <summary>Where there is no answer but that it was done.</summary>
    public async Task PostAsync<TBody>(string path, TBody body, JsonTypeInfo<TBody> type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, type) };
        using var response = await SendAsync(request);
    }

    /// <summary>The data of a stream's events; connects again, behind the last one, whenever the stream ends.</summary>
    /// <param name="ready">Called once, when the first connection stands.</param>
    public async IAsyncEnumerable<JsonElement> FollowAsync(string path, Func<Task> ready, [EnumeratorCancellation] CancellationToken stop)
    {
        string? last = null;
        for (var first = true; !stop.IsCancellationRequested; first = false)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (last is not null) request.Headers.Add("Last-Event-ID", last);
            using var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            await using var body = await response.Content.ReadAsStreamAsync(stop);
            if (first) await ready();
            var parser = SseParser.Create(body, (_, data) => data.ToArray());
            await using (var events = parser.EnumerateAsync(stop).GetAsyncEnumerator(stop))
            {
                while (await NextAsync(events))
                    if (events.Current.EventType == "alert") yield return JsonElement.Parse(events.Current.Data);
            }

            // Also of an event without data, which only says how far the stream is.
            if (parser.LastEventId.Length > 0) last = parser.LastEventId;
            if (!stop.IsCancellationRequested) await Task.Delay(TimeSpan.FromSeconds(2), stop);
        }
    }

    /// <summary>A connection that breaks is an end like another.</summary>
    private static async Task<bool> NextAsync(IAsyncEnumerator<SseItem<byte[]>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return false;
        }
    }

    public async Task DeleteAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        using var response = await SendAsync(request);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> answer)
    {
        using (request)
        using (var response = await SendAsync(request))
            return await response.Content.ReadFromJsonAsync(answer) ?? throw new UserException("The service gave an empty answer; check that --url names an anomalydetect.", UserException.Failed);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead, CancellationToken stop = default)
    {
        try
        {
            var response = await _http.SendAsync(request, completion, stop);
            if (response.IsSuccessStatusCode) return response;
            using (response) throw new UserException(await ReasonAsync(response), UserException.Failed);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException || (e is TaskCanceledException && !stop.IsCancellationRequested))
        {
            throw new UserException($"The service at {Printable.Of(_http.BaseAddress!.ToString())} cannot be reached; check that it runs there, or name it with --url.", UserException.Failed);
        }
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage response)
    {
        try
        {
            if (await response.Content.ReadFromJsonAsync(ApiJson.Default.Problem) is { Detail: { } detail }) return Printable.Of(detail);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            // not one of our answers
        }

        return $"The service answered {(int)response.StatusCode}; check that --url names an anomalydetect.";
    }
}
