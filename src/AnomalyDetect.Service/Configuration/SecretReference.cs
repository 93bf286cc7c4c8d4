namespace AnomalyDetect.Service.Configuration;

/// <summary>Where a secret is kept; never the secret: an environment variable's name or a file's path.</summary>
public sealed record SecretReference
{
    public const string Advice = "a secret is never written into the configuration; give {\"env\": \"NAME\"} or {\"file\": \"PATH\"}";

    /// <summary>Longest file or value read, in characters: a secret is short, and a wrong path must not read a disk image.</summary>
    private const int MaxLength = 64 * 1024;

    public string? Env { get; init; }

    public string? File { get; init; }

    /// <exception cref="UserException">The variable or file is missing, empty or too long; says which.</exception>
    public string Resolve(string path)
    {
        if (Env is not null)
            return Environment.GetEnvironmentVariable(Env) is { Length: > 0 } value
                ? value
                : throw new UserException($"{path}: the environment variable {Env} is not set; set it to the secret.");

        try
        {
            if (new FileInfo(File!).Length > MaxLength) throw new UserException($"{path}: the file {File} is too large for a secret.");
            var text = System.IO.File.ReadAllText(File!).Trim();
            return text.Length > 0 ? text : throw new UserException($"{path}: the file {File} is empty; put the secret in it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new UserException($"{path}: the file {File} cannot be read; check that it exists and that this user may read it.");
        }
    }

    public override string ToString() => Env is not null ? $"env {Env}" : $"file {File}";
}

/// <summary>A pass-through setting: plain text, or a reference to a secret.</summary>
public sealed record SettingValue(string? Text, SecretReference? Secret)
{
    public string Resolve(string path) => Secret?.Resolve(path) ?? Text!;
}
