using System.Collections.Concurrent;
using System.Net;
using AnomalyDetect.Bouncer.Decisions;
using Microsoft.Extensions.Options;

namespace AnomalyDetect.Bouncer.Captcha;

/// <summary>
/// Who has passed which challenge: a decision and an address, for a while. One person's pass is not for everybody who holds the same stolen token elsewhere.
/// Bounded; the oldest make room.
/// </summary>
internal sealed class CaptchaPasses(IOptions<BouncerOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string DecisionId, UInt128 Source), long> _passes = new();
    private readonly Queue<((string DecisionId, UInt128 Source) Key, long Until)> _order = new();
    private readonly int _most = options.Value.Captcha.Passes;
    private readonly TimeSpan _lasts = options.Value.Captcha.PassFor;

    public int Count => _passes.Count;

    public bool Has(HeldDecision decision, IPAddress? address) => _passes.TryGetValue(KeyOf(decision, address), out var until) && time.GetTimestamp() < until;

    public void Grant(HeldDecision decision, IPAddress? address)
    {
        var (key, now) = (KeyOf(decision, address), time.GetTimestamp());
        var until = now + (long)(_lasts.TotalSeconds * time.TimestampFrequency);
        lock (_order)
        {
            // All last equally long, so they end in the order they came.
            while (_order.TryPeek(out var oldest) && (_order.Count >= _most || oldest.Until <= now))
            {
                _order.Dequeue();
                if (_passes.TryGetValue(oldest.Key, out var stands) && stands == oldest.Until) _passes.TryRemove(oldest.Key, out _);
            }

            _passes[key] = until;
            _order.Enqueue((key, until));
        }
    }

    private static (string, UInt128) KeyOf(HeldDecision decision, IPAddress? address) =>
        (decision.Id, address is null ? 0 : AddressRange.Source(AddressRange.Bits(address)));
}
