using AnomalyDetect.Core.Multivariate;
using AnomalyDetect.Learning;

namespace AnomalyDetect.Service.Training;

/// <summary>What training is to learn from and what it must not see, and how the two look.</summary>
/// <param name="Cut">First tick of the held-out part; <see cref="long.MaxValue"/> where nothing is held out.</param>
/// <param name="LeftOut">Training windows under confirmed attacks.</param>
internal sealed record TrainingSurvey(long Oldest, long Newest, long Cut, long LeftOut, FeatureProfile Training, FeatureProfile HeldOut)
{
    /// <summary>With less there would be no night to know, or nothing left to hold out.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromDays(1);

    private const double HeldOutShare = 0.2;
    private static readonly TimeSpan LongestHeldOut = TimeSpan.FromDays(3);

    /// <exception cref="UserException">There is too little, or nothing in it ever varied.</exception>
    public static TrainingSurvey Of(TrainingData data, ConfirmedSpans confirmed, bool holdsOut)
    {
        var (oldest, newest, rows) = (long.MaxValue, 0L, 0L);
        foreach (var row in data.Histories.SelectMany(h => h))
        {
            (oldest, newest) = (Math.Min(oldest, row.Start), Math.Max(newest, row.Start));
            rows++;
        }

        if (rows == 0) throw TooLittle($"There is nothing to learn from in {data.Source} yet; let the service run for some days, or name files or a topic.");
        var span = TimeSpan.FromTicks(newest - oldest);
        if (holdsOut && span < Shortest)
            throw TooLittle($"There is too little to learn from: {span.TotalHours:0.#} hours in {data.Source}, where {Shortest.TotalHours:0} are needed to hold some out for the judging; try again later.");
        var cut = holdsOut ? newest - (long)Math.Min(LongestHeldOut.Ticks, HeldOutShare * span.Ticks) : long.MaxValue;
        if (holdsOut) cut -= cut % (data.WindowMinutes * TimeSpan.TicksPerMinute);
        var (training, heldOut, leftOut) = (new FeatureProfile(), new FeatureProfile(), 0L);
        foreach (var row in data.Histories.SelectMany(h => h))
        {
            if (row.Start >= cut) heldOut.Add(row);
            else if (confirmed.Covers(row)) leftOut++;
            else training.Add(row);
        }

        if (training.IsConstant) throw TooLittle($"No feature varied in {training.Rows:N0} windows of {data.Source}: there is nothing to learn in it; check what the telemetry carries.");
        return new TrainingSurvey(oldest, newest, cut, leftOut, training, heldOut);
    }

    /// <summary>What is learned from, of one history.</summary>
    public IEnumerable<FeatureRow> TrainingPart(IEnumerable<FeatureRow> history, ConfirmedSpans confirmed) => history.Where(row => row.Start < Cut && !confirmed.Covers(row));

    private static UserException TooLittle(string message) => new(message, UserException.TooLittle);
}
