using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Hosting;
using Microsoft.Extensions.Logging;

namespace AnomalyDetect.Service.Tests.Hosting;

[TestClass]
public sealed class QuietLoggerTests
{
    [TestMethod]
    public void What_is_below_the_level_is_never_put_into_words_and_the_rest_is_written()
    {
        using var logger = new QuietLogger(new LoggingSection { Level = LogLevel.Warning }, "test");
        var said = new List<string>();
        foreach (var level in Enum.GetValues<LogLevel>())
        {
            logger.Log(level, default, level, null, (state, _) =>
            {
                said.Add($"{state}");
                return $"a test of the log at {state}";
            });
        }

        CollectionAssert.AreEqual(new[] { "Warning", "Error", "Critical" }, said);
        Assert.IsFalse(logger.IsEnabled(LogLevel.Information));
        Assert.IsTrue(logger.IsEnabled(LogLevel.Warning));
    }
}
