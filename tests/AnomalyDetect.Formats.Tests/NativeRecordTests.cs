using AnomalyDetect.Core.Events;

namespace AnomalyDetect.Formats.Tests;

/// <summary>What one record may hold, and what becomes of bad parts of it.</summary>
[TestClass]
public class NativeRecordTests
{
    private static string Ids(EventBatch batch) => string.Join(" ", batch.Events.ToArray().Select(e => $"{e.Index}:{e.Id}"));

    private static string Reasons(EventBatch batch) => string.Join(" ", batch.Rejections.Select(r => $"{r.Position.Index}:{r.Reason}"));

    private static string Named(string id) => Some.With("id", $"\"{id}\"");

    [TestMethod]
    public void A_record_is_an_object_an_array_or_lines()
    {
        Assert.AreEqual("0:a", Ids(Reading.Record(" " + Named("a") + " \n")));
        Assert.AreEqual("0:a 1:b", Ids(Reading.Record($"[{Named("a")} ,\n {Named("b")}]")));
        Assert.AreEqual("0:a 1:b", Ids(Reading.Record($"{Named("a")}\r\n\n{Named("b")}\n")));
        Assert.AreEqual("0:a 1:b 2:c", Ids(Reading.Record($"[{Named("a")}]\n[{Named("b")},{Named("c")}]")));
        Assert.AreEqual("0:a", Ids(Reading.Record("\uFEFF" + Named("a"))));
    }

    [TestMethod]
    public void An_object_may_be_spread_over_lines()
    {
        var spread = Named("a").Replace(",", ",\n  ", StringComparison.Ordinal).Replace("{", "{\n  ", StringComparison.Ordinal).Replace("}", "\n}", StringComparison.Ordinal);
        Assert.AreEqual("0:a 1:b", Ids(Reading.Record(spread + "\n" + Named("b"))));
    }

    [TestMethod]
    public void A_bad_element_is_rejected_alone()
    {
        var array = Reading.Record($"[{Named("a")},{Some.With("type", "\"?\"")},17,{Named("b")},[],{Named("c")}]");
        Assert.AreEqual("0:a 3:b 5:c", Ids(array));
        Assert.AreEqual("1:invalid_type 2:not_an_object 4:not_an_object", Reasons(array));

        var lines = Reading.Record($"{Named("a")}\n{{\"id\":\n{Named("b")}\nnot json\n{Named("c")} trailing\n{Named("d")}");
        Assert.AreEqual("0:a 2:b 5:d", Ids(lines));
        Assert.AreEqual("1:malformed_json 3:malformed_json 4:malformed_json", Reasons(lines));
    }

    [TestMethod]
    public void Bytes_that_are_not_UTF8_cost_their_own_event_only()
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes($"[{Named("a")},{Named("bX")},{Named("c")}]");
        bytes[Array.IndexOf(bytes, (byte)'X')] = 0xff;
        var batch = Reading.Record(bytes);
        Assert.AreEqual("0:a 2:c", Ids(batch));
        Assert.AreEqual("1:invalid_utf8", Reasons(batch));
    }

    [TestMethod]
    [DataRow("\"id\":\"e-1\"", "\"id\":\"é-1\"", DisplayName = "and nothing else is beyond ASCII")]
    [DataRow("\"scope\":\"read write\"", "\"scope\":\"läsa\"", DisplayName = "after text beyond ASCII")]
    [DataRow("\"status\":403", "\"later\":[\"é\"],\"status\":403.5", DisplayName = "with members that are read the long way")]
    public void A_byte_that_is_not_UTF8_is_found_wherever_it_stands(string part, string otherwise)
    {
        // A decoder that has seen the event before compares much of it and reads little.
        var text = Some.FullNative.Replace("\\u00e9", "e", StringComparison.Ordinal).Replace("\\\"", "'", StringComparison.Ordinal).Replace("\"internal\":true,", "", StringComparison.Ordinal);
        text = text.Replace(part, otherwise, StringComparison.Ordinal) + "\n";
        var (decoder, bytes) = (EventFormats.Find("native")!.CreateDecoder(Reading.Limits, new SymbolTable(1024)), System.Text.Encoding.UTF8.GetBytes(text));
        for (var i = 0; i < 3; i++) Assert.AreEqual(1, Reading.Record(bytes, bytes.Length, decoder).Count, text);
        for (var i = 1; i < bytes.Length - 1; i++)
        {
            foreach (byte wrong in new byte[] { 0xff, 0xc3, 0x80 })
            {
                var was = bytes[i];
                bytes[i] = wrong;
                if (!System.Text.Unicode.Utf8.IsValid(bytes)) // in place of a byte of 'é' it may be another letter
                {
                    var batch = Reading.Record(bytes, bytes.Length, decoder);
                    Assert.AreEqual(0, batch.Count, $"accepted with {wrong:x2} at {i}");
                    Assert.AreEqual(IsJson(bytes) ? "0:invalid_utf8" : "0:malformed_json", Reasons(batch), $"{wrong:x2} at {i}");
                }

                bytes[i] = was;
                Assert.AreEqual(1, Reading.Record(bytes, bytes.Length, decoder).Count);
            }
        }

        // Its grammar holds, whatever its strings hold.
        static bool IsJson(byte[] bytes)
        {
            try
            {
                var reader = new System.Text.Json.Utf8JsonReader(bytes);
                while (reader.Read()) continue;
                return true;
            }
            catch (System.Text.Json.JsonException)
            {
                return false;
            }
        }
    }

    [TestMethod]
    public void Bytes_that_are_not_UTF8_in_one_line_leave_text_beyond_ASCII_in_others()
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes($"{Named("å")}\n{Named("bX")}\n{Named("ç")}\n{Named("d")}");
        bytes[Array.IndexOf(bytes, (byte)'X')] = 0xff;
        var batch = Reading.Record(bytes);
        Assert.AreEqual("0:å 2:ç 3:d", Ids(batch));
        Assert.AreEqual("1:invalid_utf8", Reasons(batch));
    }

    [TestMethod]
    public void Where_an_array_breaks_its_rest_is_one_rejection()
    {
        var batch = Reading.Record($"[{Named("a")},{{\"id\":x}},{Named("b")}]");
        Assert.AreEqual("0:a", Ids(batch));
        Assert.AreEqual("1:malformed_json", Reasons(batch));
        Assert.StartsWith("{\"id\":x}", System.Text.Encoding.UTF8.GetString(batch.Rejections[0].Sample.Span));
    }

    [TestMethod]
    public void A_broken_object_over_lines_is_one_rejection()
    {
        var batch = Reading.Record("{\n  \"id\": \"a\",\n  \"time\": nope\n}\n" + Named("b"));
        Assert.AreEqual("1:b", Ids(batch));
        Assert.AreEqual("0:malformed_json", Reasons(batch));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow(" \r\n ")]
    [DataRow("[]")]
    [DataRow("[ ]\n[]")]
    public void A_record_without_an_event_is_said_to_be_empty(string text) => Assert.AreEqual("empty_record", Reading.Rejection(text).Reason);

    [TestMethod]
    public void Rejections_have_position_and_at_most_their_first_4_KiB()
    {
        var rejection = Reading.Rejection(new string('x', 10_000), origin: new RecordOrigin(7, 99, null, false, null));
        Assert.AreEqual(new RecordPosition(7, 99, 0), rejection.Position);
        Assert.AreEqual(Rejection.SampleLimit, rejection.Sample.Length);
    }

    [TestMethod]
    public void A_record_beyond_the_limit_is_rejected_unread()
    {
        var limits = new DecodeLimits { RecordBytes = Some.Native.Length };
        Assert.AreEqual(1, Reading.Record(Some.Native, limits: limits).Count);
        Assert.AreEqual("record_too_large", Reading.Rejection(Some.Native + " ", limits: limits).Reason);
    }

    [TestMethod]
    public void What_hostile_bytes_make_of_one_record_is_bounded()
    {
        var lines = Reading.Record(string.Concat(Enumerable.Repeat("x\n", 5000)) + Some.Native);
        Assert.HasCount(1001, lines.Rejections);
        Assert.AreEqual("too_many_rejections", lines.Rejections[^1].Reason);
        var array = Reading.Record("[" + string.Join(",", Enumerable.Repeat("1", 5000)) + "]");
        Assert.HasCount(1001, array.Rejections);
        Assert.AreEqual("too_many_rejections", array.Rejections[^1].Reason);
    }

    [TestMethod]
    public void Nesting_is_bounded_and_counts_from_the_event()
    {
        var limits = new DecodeLimits { JsonDepth = 4 };
        Assert.AreEqual(1, Reading.Record("[" + Some.With("x", "[[[1]]]") + "]", limits: limits).Count);
        Assert.AreEqual("too_deep", Reading.Rejection(Some.With("x", "[[[[1]]]]"), limits: limits).Reason);
        Assert.AreEqual("too_deep", Reading.Rejection(Some.Native[..^1] + ",\"x\":" + new string('[', 100_000)).Reason);
    }

    [TestMethod]
    [DataRow("\"id\":\"2\"")]
    [DataRow("\"\\u0069d\":\"2\"")]
    [DataRow("\"count\":1,\"count\":1")]
    [DataRow("\"other\":1,\"more\":2,\"other\":3")]
    [DataRow("\"other\":1,\"oth\\u0065r\":3")]
    public void No_key_comes_twice(string more) => Assert.AreEqual("duplicate_key", Reading.Rejection(Some.Native[..^1] + "," + more + "}").Reason);

    [TestMethod]
    public void Unknown_fields_are_ignored_whatever_they_hold()
    {
        var more = ""","x":{"id":"no","y":[1,-2.5e+3,null,true,{"":[]}]},"z":"\ud83d\ude00","" : [ ] }""";
        Assert.AreEqual("e-1", Reading.Event(Some.Native[..^1] + more).Id.ToString());
    }
}
