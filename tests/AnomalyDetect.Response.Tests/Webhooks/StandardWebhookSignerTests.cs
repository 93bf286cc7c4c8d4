using System.Text;
using AnomalyDetect.Response.Webhooks;
using CsCheck;

namespace AnomalyDetect.Response.Tests.Webhooks;

[TestClass]
public class StandardWebhookSignerTests
{
    [TestMethod]
    public void The_published_vector_passes()
    {
        var signer = new StandardWebhookSigner([new Secret(Some.SecretText)]);
        var signature = signer.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8);
        Assert.AreEqual("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
    }

    [TestMethod]
    public void During_a_rotation_the_first_two_secrets_sign_and_no_third()
    {
        Secret[] secrets = [new(Some.SecretText), new(Some.OtherSecretText), new("whsec_" + Convert.ToBase64String(new byte[32]))];
        var both = new StandardWebhookSigner(secrets).Sign("m_1", 1, "x"u8).Split(' ');
        Assert.HasCount(2, both);
        Assert.AreEqual(new StandardWebhookSigner([secrets[0]]).Sign("m_1", 1, "x"u8), both[0]);
        Assert.AreEqual(new StandardWebhookSigner([secrets[1]]).Sign("m_1", 1, "x"u8), both[1]);
    }

    [TestMethod]
    public void What_it_signs_an_independent_verifier_accepts_and_any_change_of_body_is_refused() => Gen.Byte.Array[1, 200].Sample(body =>
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        var signature = new StandardWebhookSigner([new Secret(Some.SecretText)]).Sign("a_1", at.ToUnixTimeSeconds(), body);
        ReceivedRequest Request(byte[] received) => new("POST", "/", new Dictionary<string, string>
        {
            ["webhook-id"] = "a_1",
            ["webhook-timestamp"] = "1700000000",
            ["webhook-signature"] = signature,
        }, received);
        byte[] changed = [.. body[..^1], (byte)(body[^1] ^ 1)];
        return WebhookSignature.IsValid(Request(body), Some.SecretText, at) && !WebhookSignature.IsValid(Request(changed), Some.SecretText, at)
            && !WebhookSignature.IsValid(Request(body), Some.OtherSecretText, at) && !WebhookSignature.IsValid(Request(body), Some.SecretText, at.AddMinutes(6));
    }, iter: 200);

    [TestMethod]
    [DataRow("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", DisplayName = "no prefix")]
    [DataRow("whsec_c2hvcnQ=", DisplayName = "too short")]
    [DataRow("whsec_!!!", DisplayName = "not base64")]
    public void A_secret_of_the_wrong_shape_is_refused_without_being_repeated(string text)
    {
        Assert.IsFalse(StandardWebhookSigner.IsUsable(new Secret(text)));
        var refused = Assert.ThrowsExactly<ArgumentException>(() => new StandardWebhookSigner([new Secret(text)]));
        Assert.DoesNotContain(text, refused.ToString());
    }

    [TestMethod]
    public void A_secret_longer_than_64_bytes_is_refused() =>
        Assert.IsFalse(StandardWebhookSigner.IsUsable(new Secret("whsec_" + Convert.ToBase64String(Encoding.ASCII.GetBytes(new string('k', 65))))));
}
