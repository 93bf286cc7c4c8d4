namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>The webhook's target, which is away in the ways such targets are. What it was sent while it failed counts as received: the sender cannot know.</summary>
internal sealed class FickleReceiver : IAsyncDisposable
{
    private readonly HttpReceiver _receiver = HttpReceiver.Start();

    public string Url => _receiver.Url;

    public IReadOnlyList<ReceivedRequest> Requests => _receiver.Requests;

    public bool IsAway { get; private set; }

    /// <summary>Refuses connections, is overloaded, fails, or hangs up without an answer.</summary>
    public void TakeAway(int how)
    {
        IsAway = true;
        switch (how % 4)
        {
            case 0: _receiver.Refuse(); break;
            case 1: _receiver.Reply = HttpReply.Status(503); break;
            case 2: _receiver.Reply = HttpReply.Status(500); break;
            default: _receiver.Reply = new HttpReply.Close(); break;
        }
    }

    public void GiveBack()
    {
        if (!IsAway) return;
        IsAway = false;
        _receiver.Reply = HttpReply.Ok;
        _receiver.AcceptAgain();
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();
}
