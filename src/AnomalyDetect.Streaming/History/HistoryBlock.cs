using AnomalyDetect.Core.Multivariate;

namespace AnomalyDetect.Streaming.History;

/// <summary>Features of the windows one lane closed between two of its positions, in each tenant's order of time.</summary>
/// <param name="From">The lane's position before it.</param>
/// <param name="To">The first position not in it.</param>
/// <param name="WindowMinutes">Length of the windows.</param>
internal sealed record HistoryBlock(string Lane, long From, long To, int WindowMinutes, IReadOnlyList<FeatureRow> Rows);
