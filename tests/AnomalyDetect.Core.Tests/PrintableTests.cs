using CsCheck;

namespace AnomalyDetect.Core.Tests;

[TestClass]
public sealed class PrintableTests
{
    [TestMethod]
    [DataRow("plain ünïcode text 🙂", "plain ünïcode text 🙂")]
    [DataRow("two\r\nlines", "two\\u000d\\u000alines")]
    [DataRow("\u001b[31mred", "\\u001b[31mred")]
    [DataRow("admin\u202egnp.exe", "admin\\u202egnp.exe")]
    [DataRow("\U000e0041tag", "\\U000e0041tag")]
    [DataRow(null, "")]
    public void What_would_move_the_cursor_or_turn_the_line_is_escaped(string? text, string expected) => Assert.AreEqual(expected, Printable.Of(text));

    [TestMethod]
    public void Half_a_character_is_shown_as_what_it_is() => Assert.AreEqual("a\\ud83d.", Printable.Of("a" + (char)0xD83D + "."));

    [TestMethod]
    public void Whatever_comes_in_no_control_character_comes_out_and_the_length_is_bounded() => Gen.String[0, 2000].Sample(text =>
    {
        var safe = Printable.Of(text, 300);
        return !safe.Any(char.IsControl) && safe.Length <= 300 + 11;
    });
}
