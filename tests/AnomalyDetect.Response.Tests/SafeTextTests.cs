using CsCheck;

namespace AnomalyDetect.Response.Tests;

[TestClass]
public class SafeTextTests
{
    [TestMethod]
    [DataRow("plain ünïcode text", "plain ünïcode text")]
    [DataRow("two\r\nlines", "two\\u000d\\u000alines")]
    [DataRow("\u001b[31mred", "\\u001b[31mred")]
    [DataRow("admin\u202egnp.exe", "admin\\u202egnp.exe")]
    [DataRow(null, "")]
    public void What_would_move_the_cursor_or_turn_the_line_is_escaped(string? text, string expected) => Assert.AreEqual(expected, SafeText.Escape(text));

    [TestMethod]
    public void Whatever_comes_in_no_control_character_comes_out_and_the_length_is_bounded() => Gen.String[0, 2000].Sample(text =>
    {
        var safe = SafeText.Escape(text);
        return !safe.Any(char.IsControl) && safe.Length <= (300 * 6) + 1;
    });
}
