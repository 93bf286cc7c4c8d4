namespace AnomalyDetect.Service.Models;

/// <summary>When a change of the manifest is to be acted on: once two looks in a row have seen the same, so that a file being copied is not read half.</summary>
internal sealed class ManifestPulse(string first)
{
    private string _acted = first;
    private string _seen = first;

    /// <param name="fingerprint">Of the manifest as it is now.</param>
    /// <returns>It changed, and has come to rest.</returns>
    public bool IsDue(string fingerprint)
    {
        var atRest = fingerprint == _seen;
        _seen = fingerprint;
        return atRest && fingerprint != _acted;
    }

    /// <summary>What was just looked at is dealt with.</summary>
    public void Acted(string fingerprint) => (_acted, _seen) = (fingerprint, fingerprint);
}
