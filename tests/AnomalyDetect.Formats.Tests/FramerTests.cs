namespace AnomalyDetect.Formats.Tests;

[TestClass]
public class FramerTests
{
    private static string Shown(string format, string stream, DecodeLimits? limits = null) => string.Join("|", Reading.Frame(format, stream, limits));

    [TestMethod]
    [DataRow("a\nb\n", "a|b")]
    [DataRow("a\r\nb", "a|b")]
    [DataRow("\n \t\n\r\na\n\n", "a")]
    [DataRow("\uFEFFa\n\uFEFFb\n", "a|\uFEFFb")]
    [DataRow("", "")]
    [DataRow("\n", "")]
    [DataRow("\uFEFF", "")]
    public void Native_streams_are_cut_at_newlines(string stream, string expected) => Assert.AreEqual(expected, Shown("native", stream));

    [TestMethod]
    public void A_line_beyond_the_limit_gives_its_first_bytes_and_the_next_line_is_read()
    {
        var limits = new DecodeLimits { RecordBytes = 4 };
        Assert.AreEqual("1234|12345|b", Shown("native", "1234\n1234567\nb\n", limits));
        Assert.AreEqual("12345|b", Shown("native", new string(' ', 0) + "123456789\nb", limits));
    }

    [TestMethod]
    [DataRow("""{"Records":[{"a":1},{"b":"}"}]}""", """{"a":1}|{"b":"}"}""")]
    [DataRow("""{ "Records" : [ {"a":1} ] , "more": {"x":[1,"]}"]} } """, """{"a":1}""")]
    [DataRow("""{"Records":[]}""", "")]
    [DataRow("""{"Records":[{"a":1}]}{"Records":[{"b":"\"{"}]}""", """{"a":1}|{"b":"\"{"}""")]
    [DataRow("{\"Records\":[{\"a\":1}]}\n{\"c\":3}\n", """{"a":1}|{"c":3}""")]
    [DataRow("{\n  \"Records\": [\n    {\n \"a\": 1\n }\n ]\n}\n", "{\n \"a\": 1\n }")]
    [DataRow("{\"a\":1}\r\n{\"b\":2}", """{"a":1}|{"b":2}""")]
    [DataRow("{\n  \"a\": 1\n}\n{\n  \"b\": 2\n}\n", "{\n  \"a\": 1\n}|{\n  \"b\": 2\n}")]
    [DataRow("""[{"a":1},{"b":2}]""", """{"a":1}|{"b":2}""")]
    [DataRow("""{"Records":{"a":1}}""", """{"Records":{"a":1}}""")]
    [DataRow("""{"Records":[7,"x",null,{"a":1}]}""", """7|"x"|null|{"a":1}""")]
    [DataRow("{\"a\":\n{\"b\":2}\n", "{\"a\":|{\"b\":2}")]
    [DataRow("junk\n{\"b\":2}\n", "junk|{\"b\":2}")]
    [DataRow("\uFEFF{\"Records\":[{\"a\":1}]}", "{\"a\":1}")]
    [DataRow("""{"Records":[{"a":1},{"b":""", """{"a":1}|{"b":""")]
    [DataRow("{", "{")]
    public void CloudTrail_documents_are_cut_into_their_events(string stream, string expected) => Assert.AreEqual(expected, Shown("cloudtrail", stream));

    [TestMethod]
    public void An_event_beyond_the_limit_is_skipped_to_its_end_and_the_next_is_read()
    {
        var limits = new DecodeLimits { RecordBytes = 16 };
        var records = Reading.Frame("cloudtrail", """{"Records":[{"long":"0123456789,}]0123456789"},{"a":1}]}""", limits);
        CollectionAssert.AreEqual(new[] { """{"long":"01234567""", """{"a":1}""" }, records);
    }
}
