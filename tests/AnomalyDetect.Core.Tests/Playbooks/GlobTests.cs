using AnomalyDetect.Core.Playbooks;
using CsCheck;

namespace AnomalyDetect.Core.Tests.Playbooks;

[TestClass]
public sealed class GlobTests
{
    [TestMethod]
    [DataRow("acme", "acme", true)]
    [DataRow("acme", "acme-2", false)]
    [DataRow("acme-*", "acme-", true)]
    [DataRow("acme-*", "acme", false)]
    [DataRow("*", "", true)]
    [DataRow("*-eu", "acme-eu-eu", true)]
    [DataRow("a?c*", "abcd", true)]
    [DataRow("a?c", "ac", false)]
    [DataRow("**a**", "bab", true)]
    [DataRow("[a-z]+", "abc", false)]
    [DataRow("A", "a", false)]
    public void A_star_is_any_text_a_question_mark_one_character_and_all_else_is_itself(string pattern, string text, bool fits) =>
        Assert.AreEqual(fits, Glob.IsMatch(pattern, text));

    [TestMethod]
    public void It_agrees_with_trying_every_way() =>
        Gen.Select(Gen.String[Gen.Char["ab*?"], 1, 8], Gen.String[Gen.Char["ab"], 0, 8])
            .Sample((pattern, text) => Glob.IsMatch(pattern, text) == EveryWay(pattern, text), iter: 20_000);

    [TestMethod]
    public void A_pattern_made_to_be_tried_again_and_again_takes_one_step_a_character()
    {
        // Backtracking would take more steps here than there are atoms.
        var pattern = string.Concat(Enumerable.Repeat("*a", 59)) + "b";
        Assert.IsFalse(Glob.IsMatch(pattern, new string('a', 200_000)));
        Assert.IsTrue(Glob.IsMatch(pattern, new string('a', 200_000) + "b"));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(121)]
    public void A_pattern_that_is_empty_or_too_long_is_refused(int length) => Assert.ThrowsExactly<ArgumentException>(() => new Glob(new string('x', length)));

    [TestMethod]
    public void The_longest_pattern_fits() => Assert.IsTrue(Glob.IsMatch(new string('?', Glob.MaxLength), new string('y', Glob.MaxLength)));

    private static bool EveryWay(string pattern, string text)
    {
        if (pattern.Length == 0) return text.Length == 0;
        if (pattern[0] == '*') return EveryWay(pattern[1..], text) || (text.Length > 0 && EveryWay(pattern, text[1..]));
        return text.Length > 0 && (pattern[0] == '?' || pattern[0] == text[0]) && EveryWay(pattern[1..], text[1..]);
    }
}
