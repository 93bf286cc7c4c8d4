using System.Text;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Formats.Tests;

/// <summary>A decoder that knows which key comes next reads its value as one that does not.</summary>
[TestClass]
public sealed class ExpectedMembersTests
{
    [TestMethod]
    public void Numbers_are_read_alike_where_they_are_expected_and_where_they_are_not()
    {
        string[] numbers =
        [
            .. Enumerable.Range(1, 19).Select(digits => "1234567890123456789"[..digits]), .. Enumerable.Range(1, 19).Select(digits => new string('9', digits)),
            "0", "00", "07", "10", "100000000", "-1", "-", "1.5", "1.", "1e3", "1E", "12a", "1 ", " 1", "0x1", "1:", "1/", "+1", "\"1\"", "null", "",
        ];
        foreach (var behind in new[] { "}", ",\"count\":2}", ",\"method\":\"GET\"}" })
        {
            var decoder = new NativeFormat().CreateDecoder(Reading.Limits, new SymbolTable(1024));
            foreach (var number in numbers)
            {
                foreach (var space in new[] { "", " " })
                {
                    Read(decoder, Text(space + "5", behind)); // so that the keys are expected
                    var text = Text(space + number, behind);
                    Assert.AreEqual(Shown(Reading.Record(text)), Shown(Read(decoder, text)), text);
                }
            }
        }
    }

    [TestMethod]
    public void A_record_may_end_anywhere_in_what_is_expected()
    {
        var text = Text("12345", ",\"method\":\"GET\"}");
        var decoder = new NativeFormat().CreateDecoder(Reading.Limits, new SymbolTable(1024));
        for (var length = 1; length < text.Length; length++)
        {
            Read(decoder, text);
            var batch = Reading.Record(Encoding.UTF8.GetBytes(text), length, decoder); // the rest stands in the buffer, and is not the record's
            Assert.AreEqual(0, batch.Count, text[..length]);
            Assert.AreEqual(RejectionReasons.MalformedJson, batch.Rejections[0].Reason);
        }
    }

    [TestMethod]
    public void Every_word_of_the_contract_is_known_and_none_besides()
    {
        Known<EventType>("type");
        Known<EventOutcome>("outcome");
        Known<FailureReason>("reason");
    }

    private static void Known<T>(string field) where T : struct, Enum
    {
        var words = new Native.NativeWords<T>();
        foreach (var word in Names.All<T>())
        {
            Assert.IsTrue(words.TryFind(Encoding.UTF8.GetBytes(word), out var value), $"{field} {word}");
            Assert.AreEqual(word, Names.Of(value));
            // As long, and with the letters the hash looks at.
            var (last, first) = (word.ToCharArray(), word.ToCharArray());
            last[^1]++;
            first[1]++;
            foreach (var other in new[] { new string(last), new string(first), word + "s", word[1..], word.ToUpperInvariant() })
                Assert.IsFalse(words.TryFind(Encoding.UTF8.GetBytes(other), out _), other);
        }

        Assert.IsFalse(words.TryFind([], out _));
    }

    private static string Text(string number, string behind) =>
        "{\"id\":\"e-1\",\"time\":\"2026-03-01T12:30:00Z\",\"tenant_id\":\"acme\",\"type\":\"api_call\",\"outcome\":\"success\",\"bytes\":" + number + behind;

    /// <summary>With room behind it for what reads several bytes at once.</summary>
    private static EventBatch Read(IEventDecoder decoder, string text) => Reading.Record(Encoding.UTF8.GetBytes(text + "        "), text.Length, decoder);

    private static string Shown(EventBatch batch) =>
        string.Join('|', batch.Events.ToArray().Select(e => $"{e.Bytes} {e.Count} {e.Method}").Concat(batch.Rejections.Select(r => $"{r.Reason}: {r.Detail}")));
}
