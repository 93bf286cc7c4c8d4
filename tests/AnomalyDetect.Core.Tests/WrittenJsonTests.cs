using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AnomalyDetect.Core.Alerts;

namespace AnomalyDetect.Core.Tests;

[TestClass]
public sealed class WrittenJsonTests
{
    [TestMethod]
    public void An_alert_is_written_as_the_contract_says() => AreSame(CoreJson.Default.Alert, WrittenJson.Default.Alert);

    [TestMethod]
    public void A_decision_is_written_as_the_contract_says() => AreSame(CoreJson.Default.Decision, WrittenJson.Default.Decision);

    [TestMethod]
    public void A_notification_is_written_as_the_contract_says() => AreSame(CoreJson.Default.Notification, WrittenJson.Default.Notification);

    [TestMethod]
    public void It_cannot_read() =>
        Assert.ThrowsExactly<InvalidOperationException>(() => JsonSerializer.Deserialize("{}", WrittenJson.Default.Alert));

    [TestMethod]
    public void A_word_is_read_where_no_converter_is_named()
    {
        Assert.AreEqual(Signal.MlSpike, JsonSerializer.Deserialize<Signal>("\"ml_spike\""));
        foreach (var wrong in new[] { "\"nothing\"", "1", "null" }) Assert.ThrowsExactly<JsonException>(() => JsonSerializer.Deserialize<Signal>(wrong));
    }

    private static void AreSame<T>(JsonTypeInfo<T> contract, JsonTypeInfo<T> written)
    {
        for (var n = 0; n < 64; n++)
        {
            var made = (T)Made(typeof(T), n)!;
            Assert.AreEqual(JsonSerializer.Serialize(made, contract), Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(made, written)));
        }
    }

    /// <summary>A value of a type with every property set, other ones for another <paramref name="n"/>; of what may be null, every third is.</summary>
    private static object? Made(Type type, int n)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return n % 3 == 0 ? null : Made(underlying, n);
        if (type.IsEnum)
        {
            var values = Enum.GetValues(type);
            return values.GetValue(n % values.Length);
        }

        if (type == typeof(string)) return $"<é & \"{n}\">";
        if (type == typeof(DateTime)) return DateTime.UnixEpoch.AddTicks(n * 1_234_567_891L);
        if (type == typeof(TimeSpan)) return TimeSpan.FromTicks(n * 1_234_567_891L);
        if (type == typeof(bool)) return n % 2 == 0;
        if (type == typeof(double) || type == typeof(float)) return Convert.ChangeType(n / 7.0, type, CultureInfo.InvariantCulture);
        if (type.IsPrimitive) return Convert.ChangeType(n, type, CultureInfo.InvariantCulture);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var items = Array.CreateInstance(type.GenericTypeArguments[0], n % 4);
            for (var i = 0; i < items.Length; i++) items.SetValue(Made(type.GenericTypeArguments[0], n + i), i);
            return items;
        }

        Assert.StartsWith("AnomalyDetect.", type.FullName, $"say here how a {type} is made");
        var made = RuntimeHelpers.GetUninitializedObject(type);
        var nullable = new NullabilityInfoContext();
        foreach (var (property, i) in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).Select((p, i) => (p, i)))
            if (nullable.Create(property).WriteState != NullabilityState.Nullable || (n + i) % 3 != 0)
                property.SetValue(made, Made(property.PropertyType, n + i));
        return made;
    }
}
