using System.Globalization;
using System.Text.Json;

namespace AnomalyDetect.Core.Tests.TimeSeries;

/// <summary>One file of <c>mlnet/</c>: a series and what an estimator of Microsoft.ML.TimeSeries 5 gave for it, point by point.</summary>
internal sealed class MlNetTable
{
    private readonly string[] _columns;
    private readonly double[][] _rows;

    private MlNetTable(string file, JsonElement parameters)
    {
        File = file;
        Parameters = parameters;
        using var reader = new StreamReader(Open(file));
        _columns = reader.ReadLine()!.Split(',');
        var rows = new List<double[]>();
        while (reader.ReadLine() is { Length: > 0 } line) rows.Add(Array.ConvertAll(line.Split(','), cell => double.Parse(cell, CultureInfo.InvariantCulture)));
        _rows = [.. rows];
    }

    public string File { get; }

    private JsonElement Parameters { get; }

    public string Detector => Parameters.GetProperty("detector").GetString()!;

    public double[] Values => Column("value");

    public double[] Column(string name)
    {
        var index = Array.IndexOf(_columns, name);
        return index < 0 ? throw new InvalidDataException($"{File} has no column {name}") : Array.ConvertAll(_rows, row => row[index]);
    }

    public double Number(string name) => Parameters.GetProperty(name).GetDouble();

    public int Count(string name) => Parameters.GetProperty(name).GetInt32();

    public T Choice<T>(string name) where T : struct, Enum => Enum.Parse<T>(Parameters.GetProperty(name).GetString()!);

    public static IReadOnlyList<MlNetTable> All()
    {
        using var manifest = JsonDocument.Parse(Open("manifest.json"));
        return [.. manifest.RootElement.EnumerateArray().Select(entry => new MlNetTable(entry.GetProperty("file").GetString()!, entry.GetProperty("parameters").Clone()))];
    }

    private static Stream Open(string file) =>
        typeof(MlNetTable).Assembly.GetManifestResourceStream($"mlnet/{file}") ?? throw new FileNotFoundException($"mlnet/{file} is not embedded");
}
