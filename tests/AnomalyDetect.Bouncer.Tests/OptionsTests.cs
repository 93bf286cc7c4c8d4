using AnomalyDetect.Bouncer.Captcha;

namespace AnomalyDetect.Bouncer.Tests;

[TestClass]
public sealed class OptionsTests
{
    [TestMethod]
    public void The_defaults_need_a_service_and_a_key_and_nothing_else()
    {
        Assert.IsTrue(Check(Some.Options().Value).Succeeded);
        var missing = Check(new BouncerOptions());
        Assert.HasCount(2, missing.Failures!);
        StringAssert.Contains(missing.FailureMessage, "Service:");
        StringAssert.Contains(missing.FailureMessage, "ApiKey:");
    }

    [TestMethod]
    public void Every_mistake_is_told_at_once_and_no_secret_with_them()
    {
        var options = Some.Options(o =>
        {
            (o.Service, o.ApiKey) = (new Uri("http://anomalydetect.example.com"), "ad secret");
            (o.PollWait, o.AwayAfter, o.Timeout, o.RetryMax) = (TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(5), TimeSpan.Zero, TimeSpan.FromDays(1));
            (o.StartupWait, o.ReportEvery, o.ResyncEvery) = (TimeSpan.FromMinutes(2), TimeSpan.Zero, TimeSpan.Zero);
            (o.ReportQueue, o.MaxDecisions, o.PageSize, o.MaxAnswerBytes, o.RateLimitShare, o.WhenAway) = (1, 1, 0, 1, double.NaN, (AwayPolicy)7);
            o.NeverRefuse.Add("10.0.0.0/99");
            o.StepUpAcrValues.Add("a\"b");
            (o.Captcha.Provider, o.Captcha.TokenHeader, o.Captcha.MinimumScore, o.Captcha.Passes, o.Captcha.MaxInFlight) = (CaptchaProvider.Turnstile, "a b", 2, 1, 0);
            (o.Captcha.PassFor, o.Captcha.Timeout, o.Captcha.VerifyUrl) = (TimeSpan.Zero, TimeSpan.Zero, new Uri("http://verify.example.com"));
        }).Value;
        var wrong = Check(options);
        Assert.HasCount(26, wrong.Failures!, string.Join('\n', wrong.Failures!));
        Assert.DoesNotContain("secret", wrong.FailureMessage!.Replace("Captcha.Secret", "", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("https://anomalydetect.example.com/", false, true)]
    [DataRow("https://anomalydetect.example.com/below", false, true)]
    [DataRow("http://127.0.0.1:8470", false, true)]
    [DataRow("http://localhost:8470", false, true)]
    [DataRow("http://[::1]:8470", false, true)]
    [DataRow("http://10.0.0.5:8470", false, false)]
    [DataRow("http://10.0.0.5:8470", true, true)]
    [DataRow("https://user:password@anomalydetect.example.com/", false, false)]
    [DataRow("https://anomalydetect.example.com/?a=b", false, false)]
    [DataRow("ftp://anomalydetect.example.com/", true, false)]
    public void The_key_goes_over_tls_or_stays_on_this_machine(string url, bool plain, bool accepted) =>
        Assert.AreEqual(accepted, Check(Some.Options(o => (o.Service, o.AllowPlainHttp) = (new Uri(url), plain)).Value).Succeeded);

    [TestMethod]
    public async Task An_application_with_wrong_options_does_not_start()
    {
        var failure = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => Shop.OpenAsync(new Uri("http://127.0.0.1:1"), key: ""));
        StringAssert.Contains(failure.Message, "ApiKey");
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Check(BouncerOptions options) => new BouncerOptionsValidator().Validate(null, options);
}
