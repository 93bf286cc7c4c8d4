using AnomalyDetect.Core.Triage;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;

namespace AnomalyDetect.Learning.Triage;

/// <summary>Fits ML.NET's FastTree, and takes out of it what the service walks.</summary>
internal sealed class FittedTrees
{
    private readonly MLContext _context;
    private readonly BinaryPredictionTransformer<CalibratedModelParametersBase<FastTreeBinaryModelParameters, PlattCalibrator>> _fitted;
    private readonly IReadOnlyList<JudgedAlert> _rows;
    private readonly SchemaDefinition _schema;

    private FittedTrees(IReadOnlyList<JudgedAlert> rows, int seed)
    {
        _rows = rows;
        _schema = SchemaDefinition.Create(typeof(JudgedAlert));
        _schema[nameof(JudgedAlert.Values)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, TriageFeatures.Names.Count);
        _context = new MLContext(seed);
        _fitted = _context.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
        {
            FeatureColumnName = nameof(JudgedAlert.Values), LabelColumnName = nameof(JudgedAlert.IsAttack), NumberOfThreads = 1, Seed = seed, FeatureSelectionSeed = seed,
            // Few and small: verdicts are counted in hundreds, and a tree that is let grow learns them by heart.
            NumberOfTrees = 60, NumberOfLeaves = 6, MinimumExampleCountPerLeaf = 5, LearningRate = 0.1,
        }).Fit(_context.Data.LoadFromEnumerable(rows, _schema));
    }

    public static FittedTrees Fit(IReadOnlyList<JudgedAlert> rows, int seed) => new(rows, seed);

    /// <summary>ML.NET's own, for holding ours against it.</summary>
    public IReadOnlyList<float> Probabilities(IReadOnlyList<JudgedAlert> rows)
    {
        var scored = _fitted.Transform(_context.Data.LoadFromEnumerable(rows, _schema));
        return [.. scored.GetColumn<float>("Probability")];
    }

    public TriageModel ToModel(double auc)
    {
        var (trees, calibrator) = (_fitted.Model.SubModel.TrainedTreeEnsemble, _fitted.Model.Calibrator);
        var confirmed = _rows.Count(r => r.IsAttack);
        return new TriageModel
        {
            Format = TriageModel.CurrentFormat,
            Features = TriageFeatures.Names,
            Trees = [.. trees.Trees.Zip(trees.TreeWeights, ToTree)],
            Slope = calibrator.Slope,
            Offset = calibrator.Offset + (calibrator.Slope * trees.Bias),
            Confirmed = confirmed,
            WavedAway = _rows.Count - confirmed,
            Auc = Math.Round(auc, 3),
        };
    }

    private TriageTree ToTree(RegressionTree fitted, double weight)
    {
        var tree = new TriageTree
        {
            Features = [.. fitted.NumericalSplitFeatureIndexes],
            Thresholds = [.. fitted.NumericalSplitThresholds],
            Low = [.. fitted.LeftChild],
            High = [.. fitted.RightChild],
            Leaves = [.. fitted.LeafValues.Select(v => v * weight)],
            Means = [],
        };
        return tree with { Means = MeansOf(tree) };
    }

    private double[] MeansOf(TriageTree tree)
    {
        var rows = new double[tree.Leaves.Count];
        foreach (var row in _rows) rows[tree.LeafOf(row.Values)]++;
        var (means, counts) = (new double[tree.Features.Count], new double[tree.Features.Count]);
        (double Sum, double Rows) Of(int child) => child < 0 ? (tree.Leaves[~child] * rows[~child], rows[~child]) : (means[child] * counts[child], counts[child]);
        for (var i = means.Length - 1; i >= 0; i--) // children stand after their parents
        {
            var (low, high) = (Of(tree.Low[i]), Of(tree.High[i]));
            counts[i] = low.Rows + high.Rows;
            means[i] = counts[i] == 0 ? 0 : (low.Sum + high.Sum) / counts[i];
        }

        return means;
    }
}
