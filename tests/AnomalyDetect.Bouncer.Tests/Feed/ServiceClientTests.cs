using System.Text;
using AnomalyDetect.Bouncer.Feed;

namespace AnomalyDetect.Bouncer.Tests.Feed;

[TestClass]
public sealed class ServiceClientTests
{
    private static readonly HttpReply.Answer Empty = new(200) { Body = Encoding.UTF8.GetBytes("""{"decisions":[],"next":0,"head":0}""") };

    [TestMethod]
    [DataRow(401, true, "key")]
    [DataRow(403, true, "role")]
    [DataRow(404, true, "404")]
    [DataRow(500, false, "500")]
    [DataRow(503, false, "503")]
    [DataRow(302, false, "302")]
    public async Task Each_refusal_is_told_in_words_and_says_whether_asking_again_soon_helps(int status, bool slowly, string word)
    {
        await using var receiver = HttpReceiver.Start();
        await using var elsewhere = HttpReceiver.Start();
        receiver.Reply = HttpReply.Status(status, ("Location", elsewhere.Url), ("Content-Length", "0"));
        await using var following = new Following(new Uri(receiver.Url));
        var failure = await following.FailureAsync();
        Assert.AreEqual(slowly ? Retry.Slowly : Retry.Soon, failure.Retry);
        StringAssert.Contains(failure.Message, word);
        Assert.DoesNotContain("ad_test", failure.ToString());
        Assert.IsEmpty(elsewhere.Requests, "a redirect would take the key elsewhere");
    }

    [TestMethod]
    public async Task A_wait_the_service_asks_for_is_passed_on()
    {
        await using var receiver = HttpReceiver.Start();
        receiver.Reply = HttpReply.Status(503, ("Retry-After", "7"));
        await using var following = new Following(new Uri(receiver.Url));
        Assert.AreEqual(TimeSpan.FromSeconds(7), (await following.FailureAsync()).RetryAfter);
    }

    [TestMethod]
    public async Task No_answer_a_bad_one_and_an_endless_one_all_fail_in_bounds()
    {
        await using var receiver = HttpReceiver.Start();
        await using var following = new Following(new Uri(receiver.Url), o => o.MaxAnswerBytes = 64 << 10);
        receiver.Then(
            new HttpReply.Close(), new HttpReply.EndlessBody(200), new HttpReply.EndlessHeaders(), new HttpReply.Raw("what?"u8.ToArray()),
            new HttpReply.Answer(200) { Body = "[]"u8.ToArray() }, new HttpReply.Answer(200) { Body = "{\"decisions\":[]}"u8.ToArray() }, new HttpReply.Answer(200) { Body = [0xff] },
            new HttpReply.Answer(200) { Body = new byte[65 << 10] });
        for (var i = 0; i < 8; i++) await following.FailureAsync();
        Assert.IsLessThan(20_000_000, receiver.EndlessBytes);
        receiver.Reply = Empty;
        await following.AdvanceAsync();
    }

    [TestMethod]
    public async Task A_service_that_hangs_is_given_up_when_its_time_is_over()
    {
        await using var receiver = HttpReceiver.Start();
        receiver.Reply = new HttpReply.Hang();
        await using var following = new Following(new Uri(receiver.Url), o => o.Timeout = TimeSpan.FromSeconds(10));
        var advance = following.AdvanceAsync();
        await receiver.WaitForAsync(1);
        following.Clock.Advance(TimeSpan.FromSeconds(10));
        StringAssert.Contains((await Assert.ThrowsAsync<FeedException>(() => advance)).Message, "in time");
    }

    [TestMethod]
    public async Task A_service_below_a_path_is_found_and_a_certificate_nobody_vouches_for_is_not_trusted()
    {
        await using var receiver = HttpReceiver.Start();
        receiver.Reply = Empty;
        await using (var following = new Following(new Uri(receiver.Url))) await following.AdvanceAsync();
        Assert.StartsWith("/hook/v1/decisions?", receiver.Requests[0].Path);

        await using var untrusted = HttpReceiver.StartUntrustedTls();
        await using var wary = new Following(new Uri(untrusted.Url));
        StringAssert.Contains((await wary.FailureAsync()).Message, "TLS");
        Assert.IsEmpty(untrusted.Requests);
    }
}
