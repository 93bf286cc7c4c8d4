using System.CommandLine;
using AnomalyDetect.Core;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;

namespace AnomalyDetect.Service.CommandLine;

/// <summary>How to reach it: <c>--url</c> and <c>--key-file</c>, or the data directory.</summary>
internal sealed class OperationsOptions
{
    private readonly Option<string?> _config = CommonOptions.Config();
    private readonly Option<string?> _data = CommonOptions.Data();
    private readonly Option<string?> _url = new("--url") { Description = "A running service, such as http://127.0.0.1:8470. Without it, the one that has the data directory.", HelpName = "URL" };
    private readonly Option<string?> _keyFile = new("--key-file") { Description = "A file with the key to use. Without it, the data directory's admin.key.", HelpName = "FILE" };

    /// <summary>Something was named to be reached, beside a configuration.</summary>
    public bool IsNamed(ParseResult parsed) => parsed.GetValue(_data) is not null || parsed.GetValue(_url) is not null;

    public bool HasConfig(ParseResult parsed) => parsed.GetValue(_config) is not null;

    /// <summary>There is a service, or a store one has left.</summary>
    public bool IsThere(ParseResult parsed, Settings settings) =>
        parsed.GetValue(_url) is not null || DataDirectory.IsInUse(settings.Written.DataDirectory) || File.Exists(settings.StorePath);

    /// <summary>For verbs that need the configuration for more.</summary>
    public Settings Load(ParseResult parsed, bool needsModel = true, bool forService = false) => CommonOptions.Load(parsed, _config, _data, forService, needsModel);

    /// <summary>A configured model that cannot be read stops a start, and not those who put that right.</summary>
    private Settings LoadAnyway(ParseResult parsed)
    {
        try
        {
            return Load(parsed);
        }
        catch (ConfigException)
        {
            return Load(parsed, needsModel: false);
        }
    }

    public Command On(Command verb)
    {
        verb.Add(_config);
        verb.Add(_data);
        verb.Add(_url);
        verb.Add(_keyFile);
        return verb;
    }

    public IOperations Open(ParseResult parsed)
    {
        var settings = LoadAnyway(parsed);
        var directory = settings.Written.DataDirectory;
        if (parsed.GetValue(_url) is { } url)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")) throw new UserException("--url must be an http:// or https:// URL.");
            return new RemoteOperations(url, Key(parsed, directory));
        }

        if (DataDirectory.IsInUse(directory))
        {
            return DataDirectory.AddressIn(directory) is { Length: > 0 } address
                ? new RemoteOperations(address, Key(parsed, directory))
                : throw new UserException("A service has the data directory but has not said where it listens; wait for it to start, or name it with --url.", UserException.Failed);
        }

        if (!File.Exists(settings.StorePath))
            throw new UserException($"There is no store at {Printable.Of(Path.GetFullPath(settings.StorePath))}; name the service's --config, --data or --url.");
        return new LocalOperations(settings);
    }

    private string Key(ParseResult parsed, string directory)
    {
        var file = parsed.GetValue(_keyFile) ?? Path.Combine(directory, "admin.key");
        return new SecretReference { File = file }.Resolve("--key-file");
    }
}
