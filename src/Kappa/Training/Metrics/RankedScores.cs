using Kappa.Tensors;

namespace Kappa.Training.Metrics;

/// <summary>An area that follows from the order in which the scores of a class put the examples. Keeps every score: 8 bytes per example and class.</summary>
/// <remarks>Of two classes, the area of class 1; of more, the mean over the classes that some examples have and others do not, each against the others by its
/// probability.</remarks>
public abstract class RankedScores : Metric
{
    private readonly List<double> _scores = [];
    private readonly List<int> _labels = [];
    private int[] _counts = [];
    private int _classes;

    private protected RankedScores()
    {
    }

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public override TargetKind Targets => TargetKind.Classes;

    /// <inheritdoc/>
    protected override string? WhyUndefined =>
        Ranked.Any() ? null : $"all {Count} examples are of class {_labels[0]}, so that there is no order between classes";

    private IEnumerable<int> Ranked => (_classes == 2 ? [1] : Enumerable.Range(0, _classes))
        .Where(index => _counts[index] > 0 && _counts[index] < _labels.Count);

    /// <summary>The area of one class: groups of equal scores, the highest first, of (positives, negatives).</summary>
    private protected abstract double Area(IReadOnlyList<(long Positives, long Negatives)> groups);

    /// <inheritdoc/>
    protected override long AddBatch(Tensor outputs, Tensor targets)
    {
        var scores = ClassScores.Of(Name, outputs, targets);
        if (_classes != 0 && scores.Classes != _classes)
            throw new TensorShapeException($"{Name}: expected outputs of {_classes} classes, as before; got {outputs.Shape}");
        if (_classes == 0)
            (_classes, _counts) = (scores.Classes, new int[scores.Classes]);
        double[] logarithms = new double[_classes];
        for (int row = 0; row < scores.Labels.Length; row++)
        {
            if (_classes == 2)
            {
                _scores.Add(scores.Margin(row));
            }
            else
            {
                scores.LogProbabilities(row, logarithms);
                _scores.AddRange(logarithms);
            }
            _labels.Add(scores.Labels[row]);
            _counts[scores.Labels[row]]++;
        }
        return scores.Rows;
    }

    /// <inheritdoc/>
    protected override double Compute() => Ranked.Average(index => Area(Groups(index)));

    /// <inheritdoc/>
    protected override void Clear()
    {
        _scores.Clear();
        _labels.Clear();
        _classes = 0;
    }

    private List<(long Positives, long Negatives)> Groups(int index)
    {
        (int column, int width) = _classes == 2 ? (0, 1) : (index, _classes);
        double[] keys = [.. Enumerable.Range(0, _labels.Count).Select(row => -_scores[(row * width) + column])];
        int[] labels = [.. _labels];
        Array.Sort(keys, labels);
        var groups = new List<(long Positives, long Negatives)>();
        for (int i = 0; i < keys.Length; i++)
        {
            (long positives, long negatives) = i > 0 && keys[i] == keys[i - 1] ? groups[^1] : (0, 0);
            var group = labels[i] == index ? (positives + 1, negatives) : (positives, negatives + 1);
            if (i > 0 && keys[i] == keys[i - 1])
                groups[^1] = group;
            else
                groups.Add(group);
        }
        return groups;
    }
}
