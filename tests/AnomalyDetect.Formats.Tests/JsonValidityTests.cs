using System.Text;
using System.Text.Json;
using CsCheck;

namespace AnomalyDetect.Formats.Tests;

/// <summary>The cursor takes exactly what RFC 8259 allows, as System.Text.Json understands it.</summary>
[TestClass]
public class JsonValidityTests
{
    [TestMethod]
    [DataRow("01")]
    [DataRow("-")]
    [DataRow("1.")]
    [DataRow(".5")]
    [DataRow("1e")]
    [DataRow("+1")]
    [DataRow("0x10")]
    [DataRow("1.2.3")]
    [DataRow("NaN")]
    [DataRow("tru")]
    [DataRow("nulll")]
    [DataRow("True")]
    [DataRow("'a'")]
    [DataRow("\"a")]
    [DataRow("\"\\x41\"")]
    [DataRow("\"\\u12\"")]
    [DataRow("\"\\ud83d\"")]
    [DataRow("\"\\ude00\"")]
    [DataRow("\"\\ud83d\\u0041\"")]
    [DataRow("\"a\tb\"")]
    [DataRow("[1,]")]
    [DataRow("[,1]")]
    [DataRow("[1 2]")]
    [DataRow("{\"a\"}")]
    [DataRow("{\"a\":}")]
    [DataRow("{\"a\":1,}")]
    [DataRow("{a:1}")]
    [DataRow("{\"a\":1]")]
    [DataRow("[1}")]
    [DataRow("")]
    [DataRow("1 1")]
    [DataRow("//c")]
    public void What_is_not_JSON_is_refused_in_any_field(string value)
    {
        Assert.AreEqual("malformed_json", Reading.Rejection(Some.Native[..^1] + ",\"unknown\":" + value + "}").Reason);
        Assert.AreEqual("malformed_json", Reading.Rejection(Some.Native[..^1] + ",\"user_agent\":" + value + "}").Reason);
        Assert.AreEqual("malformed_json", Reading.Rejection(Some.Native[..^1] + ",\"status\":" + value + "}").Reason);
        Assert.AreEqual("malformed_json", Reading.Rejection(Some.CloudTrail.TrimEnd()[..^1] + ",\"unknown\":" + value + "}", "cloudtrail").Reason);
    }

    [TestMethod]
    [DataRow("{\0:1}")]
    [DataRow("{\"\0\":1}")]
    [DataRow("{,}")]
    [DataRow("{\"id\" \"x\"}")]
    public void Keys_must_be_strings(string text) => Assert.AreEqual("malformed_json", Reading.Rejection(text).Reason);

    [TestMethod]
    public void A_value_is_accepted_exactly_when_System_Text_Json_accepts_it()
    {
        // Texts near the border: valid fragments glued together at random.
        string[] fragments =
        [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\":", "\"\\n\"", "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "1", "-0", "1.5", "2e-3", "01", "true", "false", "null",
            " ", "\t", "é", "\"é\"",
        ];
        var fragment = Gen.Int[0, fragments.Length - 1].Select(i => fragments[i]);
        fragment.Array[1, 9].Select(string.Concat).Sample(
            value =>
            {
                var text = Some.Native[..^1] + ",\"unknown\":" + value + "}";
                var accepted = Reading.Record(text).Rejections.All(r => r.Reason is not "malformed_json");
                return accepted == IsJson(text);
            },
            iter: 20_000);
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text));
            Unescape(document.RootElement);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // System.Text.Json looks at surrogates only when a string or a name is read.
    private static void Unescape(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray()) Unescape(element);
                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    _ = member.Name;
                    Unescape(member.Value);
                }

                break;
        }
    }
}
