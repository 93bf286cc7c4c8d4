using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
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

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        try
        {
            var response = await _http.SendAsync(request);
            if (response.IsSuccessStatusCode) return response;
            using (response) throw new UserException(await ReasonAsync(response), UserException.Failed);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
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
