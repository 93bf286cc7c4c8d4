using System.Numerics;
using AnomalyDetect.Core.Baselines;
using AnomalyDetect.Core.Checkpoints;
using AnomalyDetect.Core.Multivariate;

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
        writer.Raw((_next, _last, _tests, _windows, _number));
        writer.Raw(_principalTail);
        writer.Raw(_spellTail);
        writer.Raw(_tenantTail);
        _population!.Save(writer);
        _tenant!.Save(writer);
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
        if (sameModel && _model is not null) Join(number);
        (_principalTail, _spellTail, _tenantTail) = (reader.Raw<TailEstimate>(), reader.Raw<TailEstimate>(), reader.Raw<TailEstimate>());
        _population = new TenantPopulation(_cohort?.Principal ?? Untrained);
        _tenant = new TenantFeatures(_cohort?.Tenant ?? Untrained, _minutes);
        _population.Load(ref reader);
        _tenant.Load(ref reader);
        if (!sameModel)
        {
            if (_model is not null && _tenant.Windows >= WarmUpWindows) Join(_model.CohortOf(_tenant.Mean));
            BeginTails();
        }

        var used = reader.Count();
        _own = new PrincipalFeatures[(int)BitOperations.RoundUpToPowerOf2((uint)used)];
        for (var i = 0; i < used; i++) _own[i] = PrincipalFeatures.Load(ref reader);
        for (var left = reader.Count(); left > 0; left--)
        {
            var window = new FeatureWindow(_scope.Options.Detection.Limits.Principals);
            window.Load(ref reader);
            if (window.Number > 0) _open[(int)(window.Number % _open.Length)] = window;
        }

        if (keeps) return;
        (_open, _population, _tenant, _own, _principalTail, _spellTail, _tenantTail) = (null, null, null, [], default, default, default);
        (_next, _last, _tests, _windows, _number, _cohort) = (long.MinValue, 0, 0, 0, 0, _model?.Everybody);
    }
}
