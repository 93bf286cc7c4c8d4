namespace AnomalyDetect.Bouncer.Sample;

/// <summary><c>name=value;name=value</c> as the sample's headers have it, values percent-encoded where they need to be.</summary>
internal static class SamplePairs
{
    public static Dictionary<string, string> Read(string text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(';'))
            if (pair.Split('=', 2) is [{ Length: > 0 } name, var value]) pairs[name] = Uri.UnescapeDataString(value);
        return pairs;
    }
}
