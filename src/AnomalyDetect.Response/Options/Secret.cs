namespace AnomalyDetect.Response.Options;

/// <summary>
/// A value that must not be shown: whoever needs it calls <see cref="Reveal"/>; printing, logging, formatting or serialising it shows nothing of it.
/// </summary>
public sealed class Secret(string value)
{
    private readonly string _value = value;

    public string Reveal() => _value;

    public override string ToString() => "***";
}
