using System.Text;
using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Service.Configuration;
using AnomalyDetect.Service.Playbooks;

namespace AnomalyDetect.Service.Tests.Playbooks;

[TestClass]
public sealed class PlaybookFileTests
{
    [TestMethod]
    public void The_default_as_people_read_it_is_the_default_as_lanes_have_it()
    {
        var read = PlaybookFile.Parse(Encoding.UTF8.GetBytes(PlaybookFile.DefaultText)).Playbook;
        Assert.AreEqual(JsonSerializer.Serialize(Playbook.Default, CoreJson.Default.Playbook), JsonSerializer.Serialize(read, CoreJson.Default.Playbook));
        Assert.AreEqual(Playbook.Default.Version(), read.Version());
    }

    [TestMethod]
    public void Everything_a_playbook_can_say_is_read()
    {
        var file = Parse("""
            changed_by: ann
            tenant_tags: { gold: ["acme", "globex-*"] }
            rules:
              - name: all of it
                signals: ["*_rate", ml_spike]
                decide_from: low
                min_score: 40.5
                tenants: ["a*"]
                tags: [gold]
                entity_kinds: [principal]
                count: { alerts: 3, within: 1h }
                dry_run: true
                decisions:
                  - type: rate_limit
                    scopes: [principal]
                    expires_after: 30m
                    parameters: { limit: 60, per: 60 }
                    repeats: { within: 7d, expires_after: [2h, "12:00:00"] }
                  - { type: step_up, scopes: [principal], expires_after: 1h, when: { from: high, after: rate_limit, for: 10m, unless: captcha } }
                notify: [{ audience: tenant_admin, from: medium }]
                chain: { contacts: [soc_tier1, on_call], acknowledge_within: 15m, from: high }
            """);
        Assert.AreEqual("ann", file.ChangedBy);
        var rule = file.Playbook.Rules.Single();
        CollectionAssert.AreEqual(new[] { Signal.LoginRate, Signal.ApiCallRate, Signal.DelegationRate, Signal.MlSpike }, rule.Signals.ToArray());
        Assert.AreEqual((Severity.Low, 40.5, true, new AlertCount(3, TimeSpan.FromHours(1))), (rule.DecideFrom, rule.MinScore, rule.DryRun, rule.Count));
        CollectionAssert.AreEqual(new[] { TimeSpan.FromHours(2), TimeSpan.FromHours(12) }, rule.Decisions[0].Repeats!.ExpiresAfter.ToArray());
        Assert.AreEqual(new DecisionParameters(60, 60), rule.Decisions[0].Parameters);
        Assert.AreEqual(
            new StepCondition { From = Severity.High, After = DecisionType.RateLimit, For = TimeSpan.FromMinutes(10), Unless = DecisionType.Captcha }, rule.Decisions[1].When);
        Assert.AreEqual(TimeSpan.FromMinutes(15), rule.Chain!.AcknowledgeWithin);
        Assert.AreEqual(file.Playbook.Version(), Playbook.Parse(JsonSerializer.SerializeToUtf8Bytes(file.Playbook, CoreJson.Default.Playbook)).Version(), "it survives the store");
    }

    [TestMethod]
    public void Every_problem_is_named_at_once_with_its_line_its_field_and_what_is_allowed()
    {
        var problems = Problems("""
            rules:
              - name: first
                signals: [login_rate, teleport]
                severity: high
                decisions:
                  - { type: ban, scopes: [address], expires_after: soon }
              - name: second
                signals: ["*_tate"]
                dry_run: "yes"
            """);
        string[] expected =
        [
            "line 3, rules[0].signals[1]: must be one of \"cross_tenant_api_spike\", ", "line 4, rules[0].severity: is not known; allowed here: name, signals, decide_from, ",
            "line 6, rules[0].decisions[0].type: must be one of \"rate_limit\", \"captcha\", ", "line 6, rules[0].decisions[0].expires_after: must be a duration such as \"30s\", ",
            "line 8, rules[1].signals[0]: '*_tate' fits no signal; they are cross_tenant_api_spike, ", "line 9, rules[1].dry_run: must be true or false, not \"yes\"",
        ];
        foreach (var (i, start) in expected.Index()) StringAssert.StartsWith(problems[i], start);
        Assert.HasCount(expected.Length, problems);

        StringAssert.Contains(Problems("""
            rules:
              - name: r
                signals: [login_rate]
                decisions:
                  - type: block_ip
                    scopes: [principal]
                    expires_after: 60d
            """)[0], "line 6, rules[0].decisions[0].scopes[0]: block_ip cannot be aimed at principal, only at address");
    }

    [TestMethod]
    [DataRow("a: &x 1\nb: 2", "line 1: an anchor (&) is not accepted")]
    [DataRow("a: 1\nb: *x", "line 2: an alias (*) is not accepted")]
    [DataRow("a: !!str 1", "line 1: a tag (!) is not accepted")]
    [DataRow("a: 1\n\n<<: {b: 1}", "line 3: a merge key (<<) is not accepted")]
    [DataRow("a: 1\na: 2", "line 2: a is there twice")]
    [DataRow("a: 1\n---\nb: 2", "there is a second document")]
    [DataRow("? [a]\n: 1", "line 1: a field's name must be plain text")]
    [DataRow("", "line 1: the file is empty")]
    [DataRow("a: [1", "this is not YAML")]
    [DataRow("a: [[[[[[[[[[[[[[1]]]]]]]]]]]]]]", "nested deeper than 12 levels")]
    [DataRow("just text", "must be an object")]
    [DataRow("rules: 7", "line 1, rules: must be a list, not 7")]
    public void What_is_no_plain_yaml_is_refused_with_its_line(string yaml, string problem) => StringAssert.Contains(Problems(yaml)[0], problem);

    [TestMethod]
    public void A_file_that_grows_by_aliases_or_by_itself_is_refused_before_it_costs_anything()
    {
        var laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range('b', 20).Select(c => $"{(char)c}: &{(char)c} [*{(char)(c - 1)},*{(char)(c - 1)}]\n"));
        StringAssert.Contains(Problems(laughs)[0], "an anchor (&) is not accepted");
        StringAssert.Contains(Problems(new string('#', YamlDocument.MaxBytes + 1))[0], "larger than 1048576 bytes");
        StringAssert.Contains(Problems(new string('[', 100_000))[0], "nested deeper");
    }

    [TestMethod]
    public void Json_is_yaml_and_a_file_that_cannot_be_read_is_said()
    {
        Assert.AreEqual("r", Parse("""{"rules": [{"name": "r", "signals": ["login_rate"], "notify": [{"audience": "on_call"}]}]}""").Playbook.Rules.Single().Name);
        StringAssert.Contains(Assert.ThrowsExactly<UserException>(() => PlaybookFile.Read("/nowhere/p.yaml")).Message, "cannot be read");
        StringAssert.Contains(Assert.ThrowsExactly<ConfigException>(() => PlaybookFile.Parse([0x66, 0xFF])).Message, "not UTF-8");
    }

    private static PlaybookFile Parse(string yaml) => PlaybookFile.Parse(Encoding.UTF8.GetBytes(yaml));

    private static IReadOnlyList<string> Problems(string yaml) => Assert.ThrowsExactly<ConfigException>(() => Parse(yaml)).Problems;
}
