using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Core.Windows;

namespace AnomalyDetect.Core.Detectors;

/// <summary>What of it a checkpoint holds.</summary>
internal sealed partial class BehaviourDetector
{
    public void Save(StateWriter writer)
    {
        writer.Bool(_open is not null);
        if (_open is null) return;
        writer.Int(_minutes);
        writer.Text(_scope.ModelId);
        writer.Raw((_next, _last, _tests, _windows, _standing!.Number));
        _standing.Save(writer);
        var used = _own.Length;
        while (used > 0 && _own[used - 1].Windows == 0) used--;
        writer.Int(used);
        foreach (ref readonly var own in _own.AsSpan(0, used)) own.Save(writer);
        writer.Int(_open.Length);
        foreach (var window in _open) window.Save(writer);
    }

    /// <summary>What was saved under other windows, or is wanted no more, is read past. Under another model the means go on, and the tails begin anew.</summary>
    public void Load(ref StateReader reader)
    {
        if (!reader.Bool()) return;
        var minutes = reader.Int();
        if (minutes is < 1 or > 60) throw new InvalidDataException("a window in the lane checkpoint has an impossible length");
        var sameModel = reader.TextOrNull() == _scope.ModelId;
        var keeps = IsOn && minutes == _minutes;
        _open = Begin(0);
        (_next, _last, _tests, _windows, var number) = reader.Raw<(long, long, double, int, int)>();
        _standing = new TenantStanding(_model, _minutes, sameModel ? number : 0);
        _standing.Load(ref reader);
        if (!sameModel) _standing.BeginAnew();
        _scope.Rates = _standing.Cohort?.Rates ?? _scope.Rates;
        var used = reader.Count();
        _own = new PrincipalFeatures[OwnLength(used)];
        for (var i = 0; i < used; i++) _own[i] = PrincipalFeatures.Load(ref reader);
        SavedWindows.Load(ref reader, _open, NewWindow);
        if (keeps) return;
        foreach (var window in _open) window.Release();
        (_open, _standing, _own) = (null, null, []);
        (_next, _last, _tests, _windows) = (long.MinValue, 0, 0, 0);
    }
}
