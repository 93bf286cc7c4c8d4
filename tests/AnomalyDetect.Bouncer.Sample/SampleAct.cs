using System.Globalization;

namespace AnomalyDetect.Bouncer.Sample;

/// <summary>
/// The parts of a platform this shop does not have (a login page, delegations, something that fails) are played by whoever asks:
/// <c>Sample-Act: type=login;outcome=failure;reason=bad_password</c> says what a request is and how it ends, in the words of AnomalyDetect's event. What a proxy in
/// front would know of the client (<c>country</c>, <c>asn</c>) comes the same way. The bouncer sees none of it.
/// </summary>
internal sealed class SampleAct
{
    public const string Header = "Sample-Act";
    private readonly Dictionary<string, string> _says;

    private SampleAct(Dictionary<string, string> says) => _says = says;

    public static SampleAct Of(HttpRequest request) => new(SamplePairs.Read(request.Headers[Header].ToString()));

    public string? this[string name] => _says.GetValueOrDefault(name);

    public long? Number(string name) => long.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>What the handler answers; without an act there is nothing here.</summary>
    public int Status => (int?)Number("status") is >= 200 and <= 599 and var status ? status : this["outcome"] switch
    {
        null when _says.Count == 0 => StatusCodes.Status404NotFound,
        null or "success" => StatusCodes.Status200OK,
        "denied" => StatusCodes.Status403Forbidden,
        _ => StatusCodes.Status401Unauthorized,
    };
}
