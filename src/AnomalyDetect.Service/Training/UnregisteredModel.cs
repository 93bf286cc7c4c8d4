using AnomalyDetect.Core;

namespace AnomalyDetect.Service.Training;

/// <summary>A trained model the registry did not take must not be lost with the work that is in it.</summary>
internal static class UnregisteredModel
{
    /// <returns>Where it is, in a sentence.</returns>
    public static string Keep(byte[] file, string id, string dataDirectory)
    {
        foreach (var directory in new[] { dataDirectory, Path.GetTempPath() })
        {
            var path = Path.Combine(directory, $"{id}.model.json");
            try
            {
                File.WriteAllBytes(path, file);
                return $"It is kept in {Printable.Of(Path.GetFullPath(path), 500)}: put right what stood in the way and run 'anomalydetect models add' on it.";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                TryDelete(path);
            }
        }

        return "Nowhere was there room to keep it; make some and train again.";
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // half of a file is refused by whoever reads it
        }
    }
}
