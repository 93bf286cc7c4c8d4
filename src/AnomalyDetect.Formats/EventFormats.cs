namespace AnomalyDetect.Formats;

/// <summary>The formats this build reads, by name.</summary>
public static class EventFormats
{
    public static IReadOnlyList<IEventFormat> All { get; } = [new NativeFormat(), new CloudTrailFormat()];

    public static IEventFormat? Find(string name) => All.FirstOrDefault(f => f.Name == name);
}
