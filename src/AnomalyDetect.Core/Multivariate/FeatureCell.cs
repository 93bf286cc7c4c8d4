using System.Numerics;
using System.Runtime.CompilerServices;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Detectors;
using AnomalyDetect.Core.Events;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Multivariate;

/// <summary>The things an event names that are counted by kind, as hashes; made once an event, used for its principal and its tenant.</summary>
internal readonly struct EventTraits
{
    public readonly ulong Network, Device, Target, Resource, Session;
    public readonly ushort Country;

    public EventTraits(in TelemetryEvent e)
    {
        Network = e.SourceIp.IsNone ? 0 : e.SourceIp.Neighbourhood.Hash;
        Device = e.AgentMark;
        Target = e.IsCrossTenant ? e.TargetTenant!.Hash : 0;
        Resource = e.ResourceMark;
        Session = e.Session?.Hash ?? 0;
        Country = e.Country;
    }
}

/// <summary>
/// One window of one principal, being filled. Distinct things are counted in 64 bits (<see cref="LinearCounting"/>): nearly exact up to a dozen, 10 % off at
/// 60, full at about 260.
/// </summary>
internal struct FeatureCell : IPrincipalCell
{
    [InlineArray(Features.Counted)]
    private struct Counts
    {
        private int _first;
    }

    private const int SampledAfter = 3;

    // Nearly all counts are small, and of distinct things there are 65 answers.
    private static readonly float[] LogsOfCounts = [.. Enumerable.Range(0, 256).Select(n => Log((double)n))];
    private static readonly float[] LogsOfDistinct = [.. Enumerable.Range(0, 65).Select(set => Log(set < 2 ? set : LinearCounting.Estimate(set, 64)))];

    private Counts _counts;
    private int _unproven;
    private int _proven;
    private long _bytes;
    private ulong _networks, _devices, _countries, _targets, _resources, _sessions;
    private int _reasons; // one bit each
    private KeptText _firstId, _laterId; // of its window

    public Symbol? Principal { get; private set; }

    public int Index { get; private set; }

    public void Claim(Symbol principal, int index) => (Principal, Index) = (principal, index);

    /// <summary>Something in it was done by the principal itself, as far as that can be known.</summary>
    public readonly bool IsProven => _proven > 0;

    /// <summary>Most of it is failed logins, which anybody can make in another's name.</summary>
    public readonly bool IsDoubtful => _unproven > _proven;

    /// <summary>Ids of a few of its events.</summary>
    /// <param name="ids">Its window's.</param>
    public readonly IEnumerable<string> Samples(KeptTexts ids) => new[] { ids.Read(_firstId), ids.Read(_laterId) }.OfType<string>();

    public readonly int Calls => _counts[(int)Feature.ApiCalls];

    /// <param name="feature">One of the counts of events.</param>
    public readonly int CountOf(Feature feature) => _counts[(int)feature];

    public readonly ulong Places => _networks | BitOperations.RotateLeft(_countries, 17);

    public readonly ulong Devices => _devices;

    /// <param name="ids">Where its window keeps ids; null: none is kept.</param>
    public void Add(in TelemetryEvent e, in EventTraits traits, KeptTexts? ids)
    {
        var n = e.Count;
        var failed = e.Outcome != EventOutcome.Success;
        var unproven = false;
        switch (e.Type)
        {
            case EventType.Login:
                _counts[(int)(failed ? Feature.FailedLogins : Feature.Logins)] += n;
                unproven = failed;
                break;
            case EventType.ApiCall:
                _counts[(int)Feature.ApiCalls] += n;
                if (failed && !e.IsServerError) _counts[(int)Feature.RefusedCalls] += n;
                _bytes += e.Bytes * n;
                break;
            case EventType.TokenIssue or EventType.TokenValidation:
                _counts[(int)Feature.Tokens] += n;
                if (failed) _counts[(int)Feature.FailedTokens] += n;
                break;
            case EventType.MfaChallenge:
                if (failed) _counts[(int)Feature.MissedChallenges] += n;
                unproven = failed;
                break;
            case EventType.DelegationGrant or EventType.DelegationUse:
                _counts[(int)Feature.Delegations] += n;
                break;
            case EventType.PolicyDecision or EventType.ConfigChange:
                _counts[(int)Feature.PrivilegedActions] += n;
                break;
        }

        if (failed)
        {
            _reasons |= 1 << (int)e.Reason;
            if (e.Outcome == EventOutcome.Denied) _counts[(int)Feature.Denials] += n;
        }

        if (unproven)
        {
            // Where a guess came from says nothing about the principal.
            _unproven += n;
            return;
        }

        if (ids is not null)
        {
            if (_firstId.IsNone) _firstId = ids.Keep(e.Id.Utf8);
            else if (_laterId.IsNone && _proven >= SampledAfter) _laterId = ids.Keep(e.Id.Utf8);
        }

        _proven += n;
        if (traits.Target != 0) _counts[(int)Feature.CrossTenantCalls] += n;
        _networks |= Bit(traits.Network);
        _devices |= Bit(traits.Device);
        if (traits.Country != 0) _countries |= 1UL << (traits.Country * 37 & 63);
        _targets |= Bit(traits.Target);
        _resources |= Bit(traits.Resource);
        _sessions |= Bit(traits.Session);
    }

    private static ulong Bit(ulong hash) => hash == 0 ? 0 : 1UL << (int)(hash >> 58);

    /// <summary>Adds another's counts to this one's, as part of a tenant's sum; distinct things are not added.</summary>
    public void AddCounts(in FeatureCell other)
    {
        for (var i = 0; i < Features.Counted; i++) _counts[i] += other._counts[i];
        _bytes += other._bytes;
        _reasons |= other._reasons;
        _countries |= other._countries;
        _targets |= other._targets;
    }

    /// <summary>All but what only its surroundings know: novelties, the hour and the principals.</summary>
    public readonly FeatureVector ToVector()
    {
        var vector = default(FeatureVector);
        for (var i = 0; i < Features.Counted; i++) vector[i] = Log(_counts[i]);
        vector[Feature.Kilobytes] = Log(_bytes / 1024.0);
        vector[Feature.Networks] = LogOfDistinct(_networks);
        vector[Feature.Countries] = Log(BitOperations.PopCount(_countries));
        vector[Feature.Devices] = LogOfDistinct(_devices);
        vector[Feature.TargetTenants] = LogOfDistinct(_targets);
        vector[Feature.Resources] = LogOfDistinct(_resources);
        vector[Feature.Sessions] = LogOfDistinct(_sessions);
        vector[Feature.FailureReasons] = Log(BitOperations.PopCount((uint)_reasons));
        var cross = _counts[(int)Feature.CrossTenantCalls];
        if (cross > 0) vector[Feature.CrossTenantShare] = Log(100.0 * cross / (Math.Max(cross, Calls) + 4));
        return vector;
    }

    /// <summary>
    /// The same of one principal. While calls of others fail as well, its own failures say nothing of it, for a service is at fault.
    /// </summary>
    /// <param name="all">Everything anybody did in the window, this principal too.</param>
    public readonly FeatureVector ToVector(in FeatureCell all)
    {
        var vector = ToVector();
        var refused = all._counts[(int)Feature.RefusedCalls] - _counts[(int)Feature.RefusedCalls];
        if (Outage.Explains(refused, all.Calls - Calls)) vector[Feature.RefusedCalls] = 0;
        return vector;
    }

    internal static float Log(double value) => value <= 0 ? 0 : (float)Math.Log(1 + value);

    internal static float Log(int count) => (uint)count < (uint)LogsOfCounts.Length ? LogsOfCounts[count] : Log((double)count);

    private static float LogOfDistinct(ulong bits) => LogsOfDistinct[BitOperations.PopCount(bits)];

    public readonly void Save(StateWriter writer, KeptTexts ids)
    {
        writer.Symbol(Principal);
        writer.Int(Index);
        writer.Raw(_counts);
        writer.Raw((_unproven, _proven, _reasons));
        writer.Long(_bytes);
        writer.Raw((_networks, _devices, _countries));
        writer.Raw((_targets, _resources, _sessions));
        writer.Text(ids.Read(_firstId));
        writer.Text(ids.Read(_laterId));
    }

    public static FeatureCell Load(ref StateReader reader, KeptTexts ids)
    {
        var cell = new FeatureCell { Principal = reader.SymbolOrNull(), Index = reader.Int(), _counts = reader.Raw<Counts>() };
        (cell._unproven, cell._proven, cell._reasons) = reader.Raw<(int, int, int)>();
        cell._bytes = reader.Long();
        (cell._networks, cell._devices, cell._countries) = reader.Raw<(ulong, ulong, ulong)>();
        (cell._targets, cell._resources, cell._sessions) = reader.Raw<(ulong, ulong, ulong)>();
        (cell._firstId, cell._laterId) = (ids.Keep(reader.TextOrNull()), ids.Keep(reader.TextOrNull()));
        return cell;
    }
}
