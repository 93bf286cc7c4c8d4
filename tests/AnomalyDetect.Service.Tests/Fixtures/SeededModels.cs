using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Learning;

namespace AnomalyDetect.Service.Tests.Fixtures;

/// <summary>Models that differ in nothing but their seed, and so in their ids.</summary>
internal static class SeededModels
{
    public static BehaviourModel Of(int seed) => SomeModel.Create() with { Training = SomeModel.Create().Training with { Seed = seed } };

    public static string Write(TempDirectory directory, int seed)
    {
        ModelFile.Write(directory[$"{seed}.model.json"], Of(seed));
        return directory[$"{seed}.model.json"];
    }
}
