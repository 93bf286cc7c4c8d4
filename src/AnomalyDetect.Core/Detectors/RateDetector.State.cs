using AnomalyDetect.Core.Alerts;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Lanes;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <content>What is kept of it, and what training takes from it.</content>
internal sealed partial class RateDetector
{
    /// <summary>What is known of the tenant's and its principals' minutes, for priors.</summary>
    public void Collect(Outcome outcome)
    {
        for (var kind = 0; kind < MinuteWindow.PrincipalKinds; kind++)
            if (_tenant[kind].Windows > 0)
                outcome.Rates.Add(new LearnedRate(_scope.Tenant.Text, null, kind, _tenant[kind].Level, _tenant[kind].Dispersion, _tenant[kind].Windows));
        _principals.Collect(outcome);
    }

    public void Save(StateWriter writer)
    {
        writer.Long(_nextMinute);
        writer.Long(_lastMinute);
        _silence.Save(writer);
        _spikes.Save(writer);
        _busiest.Save(writer);
        foreach (var rate in _tenant) rate.Save(writer);
        foreach (var allowance in _info) allowance.Save(writer);
        _principals.Save(writer);
        writer.Int(_open.Length);
        foreach (var window in _open) window.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        _nextMinute = reader.Long();
        _lastMinute = reader.Long();
        _silence.Load(ref reader);
        _spikes.Load(ref reader);
        _busiest.Load(ref reader);
        foreach (var rate in _tenant) rate.Load(ref reader);
        for (var i = 0; i < _info.Length; i++) _info[i] = InfoAllowance.Load(ref reader);
        _principals.Load(ref reader);
        SavedWindows.Load(ref reader, _open, NewWindow);
    }
}
