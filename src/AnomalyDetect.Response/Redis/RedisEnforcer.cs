using System.Text.Json;
using AnomalyDetect.Core;
using AnomalyDetect.Core.Persistence;
using AnomalyDetect.Core.Playbooks;
using AnomalyDetect.Response.Deliveries;
using AnomalyDetect.Response.Guards;
using AnomalyDetect.Response.Options;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace AnomalyDetect.Response.Redis;

/// <summary>
/// Carries decisions out in Redis, a copy of which the store is the truth. Its queue runs <see cref="PrepareAsync"/> and attempts one after the other, so a
/// rewrite never overlaps an undo; within a round scripts are pipelined in order over one connection. Every script may run twice without harm.
/// </summary>
internal sealed class RedisEnforcer : IDeliveryTarget
{
    private readonly RedisOptions _options;
    private readonly RedisKeys _keys;
    private readonly Denylist _denylist;
    private readonly RedisConnection _connection;
    private readonly RedisRewrite _rewrite;
    private readonly EnforcementGuard _guard;
    private readonly IDecisionStore _decisions;
    private readonly TimeProvider _time;
    private IDatabase? _redis;
    private volatile bool _rewriteDue = true;

    public RedisEnforcer(
        RedisOptions options, IOutbox outbox, IDecisionStore decisions, IGuardStore guards, TimeProvider time, ResponseMetrics metrics, ILogger logger)
    {
        (_options, _time) = (options, time);
        _keys = new RedisKeys(options.KeyPrefix);
        _denylist = new Denylist(_keys);
        _decisions = decisions;
        _guard = new EnforcementGuard(decisions, guards);
        _rewrite = new RedisRewrite(_keys, _denylist, _guard, decisions, outbox, time, options.Name, logger);
        _connection = new RedisConnection(options);
        _connection.Connected += () =>
        {
            metrics.Connected(options.Name, true);
            ResponseLog.Connected(logger, options.Name);
            _rewriteDue = true;
            Reachable?.Invoke();
        };
        _connection.Lost += () =>
        {
            metrics.Connected(options.Name, false);
            ResponseLog.Disconnected(logger, options.Name);
        };
        metrics.Connected(options.Name, false);
    }

    public event Action? Reachable;

    public string Name => _options.Name;

    public TargetKind Kind => TargetKind.Redis;

    public int MaxInFlight => 512;

    public bool KeepsOrder => true;

    public DateTime? NextCheck { get; private set; }

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    /// <summary>Connects, and after every (re)connect, and whenever the server holds what is not accounted for or lacks what is, writes everything in force again.</summary>
    public async Task<bool> PrepareAsync(CancellationToken abort)
    {
        NextCheck ??= Now;
        _redis = await _connection.DatabaseAsync().WaitAsync(abort).ConfigureAwait(false);
        if (!_rewriteDue && Now < NextCheck) return false;
        if (!_rewriteDue && !await _denylist.IsWholeAsync(_redis).WaitAsync(abort).ConfigureAwait(false)) _rewriteDue = true;
        if (_rewriteDue)
        {
            _rewriteDue = false;
            try
            {
                await _rewrite.RunAsync(_redis, abort).ConfigureAwait(false);
            }
            catch
            {
                _rewriteDue = true;
                throw;
            }
        }

        NextCheck = Now + _options.CheckInterval;
        return true;
    }

    public async Task<AttemptResult> SendAsync(Delivery delivery, CancellationToken abort)
    {
        if (!TryRead(delivery, out var decision) || _keys.Deny(decision) is not { } key)
            return new AttemptResult(AttemptOutcome.Refused, "its body is no decision that Redis carries out");
        try
        {
            return delivery.Kind == DeliveryKind.Undo
                ? await UndoAsync(decision, key).WaitAsync(abort).ConfigureAwait(false)
                : await EnforceAsync(decision, key).WaitAsync(abort).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException)
        {
            return new AttemptResult(AttemptOutcome.SlowDown, $"Redis: {Printable.Of(e.Message)}");
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<AttemptResult> EnforceAsync(Decision decision, string key)
    {
        switch (_guard.Check(decision, Now, out var reason))
        {
            case GuardVerdict.Over: return new AttemptResult(AttemptOutcome.Expired, reason);
            case GuardVerdict.Refused: return new AttemptResult(AttemptOutcome.Refused, reason);
        }

        if (decision.Type == DecisionType.RevokeToken && _decisions.Find(decision.Id) is { } entry) decision = Watermark.Of(entry);
        var result = await _denylist.EnforceAsync(_redis!, decision, Now, overwrite: false).ConfigureAwait(false);
        // What was written is read back: an answer alone does not say that it stands.
        var held = await Denylist.HeldAsync(_redis!, key).ConfigureAwait(false);
        if (held is null && decision.ExpiresAt > Now) return new AttemptResult(AttemptOutcome.Failed, $"Redis answered {result}, and then holds nothing under the decision's key");
        if (held?.Covers(decision) == false) return new AttemptResult(AttemptOutcome.Failed, $"Redis answered {result}, and then holds less under the decision's key than the decision says");
        var verified = held?.DecisionId == decision.Id ? "its key holds the decision" : $"its key holds decision {Printable.Of(held?.DecisionId)}, which {(Watermark.Is(decision) ? "reaches further" : "lasts longer")}";
        return new AttemptResult(AttemptOutcome.Delivered, result, Since: decision.CreatedAt, Verified: verified);
    }

    private async Task<AttemptResult> UndoAsync(Decision decision, string key)
    {
        // A session that is gone stays gone: its user signs in again. Another decision in force on the same thing keeps it denied.
        var others = _decisions.Against(decision.TenantId, decision.Value, Now).Where(other => other.Decision.Id != decision.Id && _keys.Deny(other.Decision) == key);
        var heir = _rewrite.InForce(others, Now).GetValueOrDefault(key);
        var result = await _denylist.RemoveAsync(_redis!, key, decision.Id, Names.Of(decision.Type), heir, Now, Watermark.Is(decision)).ConfigureAwait(false);
        var held = await Denylist.HeldAsync(_redis!, key).ConfigureAwait(false);
        return held?.DecisionId == decision.Id
            ? new AttemptResult(AttemptOutcome.Failed, $"Redis answered {result}, and the decision's key still holds it")
            : new AttemptResult(AttemptOutcome.Delivered, result, Verified: held is null ? "its key is gone" : $"its key holds decision {Printable.Of(held.DecisionId)}");
    }

    private static bool TryRead(Delivery delivery, out Decision decision)
    {
        try
        {
            decision = JsonSerializer.Deserialize(delivery.Body.Span, CoreJson.Default.Decision)!;
            return decision is not null && decision.Id == delivery.SubjectId;
        }
        catch (JsonException)
        {
            decision = null!;
            return false;
        }
    }
}
