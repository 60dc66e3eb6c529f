using System.Globalization;
using System.Text;
using Kappa.Tensors;

namespace Kappa.Training.Metrics;

/// <summary>How often examples of each class are taken for each class. Its <see cref="Metric.Value"/> is the accuracy; precision, recall and F1
/// follow.</summary>
/// <remarks>Outputs are <c>[.., classes]</c> and targets int32 <c>[..]</c>; or one output for each target, which stands for class 1 where it is above
/// 0.</remarks>
public sealed class ConfusionMatrix : Metric
{
    private const int WidestName = 20;
    private readonly long[,] _counts;

    /// <summary>An empty matrix.</summary>
    /// <param name="classes">The number of classes, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two classes.</exception>
    public ConfusionMatrix(int classes)
        : this([.. Enumerable.Range(0, Math.Max(0, classes)).Select(i => i.ToString(CultureInfo.InvariantCulture))])
    {
    }

    /// <summary>An empty matrix of classes with names.</summary>
    /// <param name="classNames">A name for each class, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two classes.</exception>
    public ConfusionMatrix(IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        ClassNames = classNames.Count >= 2
            ? classNames
            : throw new ArgumentOutOfRangeException(nameof(classNames), classNames.Count, $"a confusion matrix has 2 classes or more; got {classNames.Count}");
        _counts = new long[classNames.Count, classNames.Count];
    }

    /// <inheritdoc/>
    public override string Name => "accuracy";

    /// <inheritdoc/>
    public override bool HigherIsBetter => true;

    /// <inheritdoc/>
    public override TargetKind Targets => TargetKind.Classes;

    /// <summary>The name of each class.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Examples of a class that were taken for another.</summary>
    /// <param name="actual">The class that they have.</param>
    /// <param name="predicted">The class that the model gave.</param>
    public long this[int actual, int predicted] => _counts[actual, predicted];

    /// <summary>Examples that have a class.</summary>
    /// <param name="actual">The class.</param>
    public long Actual(int actual) => Enumerable.Range(0, ClassNames.Count).Sum(other => _counts[actual, other]);

    /// <summary>Examples that were taken for a class.</summary>
    /// <param name="predicted">The class.</param>
    public long Predicted(int predicted) => Enumerable.Range(0, ClassNames.Count).Sum(other => _counts[other, predicted]);

    /// <summary>Of the examples taken for a class, the share that has it; 0 where none was taken for it.</summary>
    /// <param name="index">The class.</param>
    public double Precision(int index) => Share(_counts[index, index], Predicted(index));

    /// <summary>Of the examples of a class, the share taken for it; 0 where there are none.</summary>
    /// <param name="index">The class.</param>
    public double Recall(int index) => Share(_counts[index, index], Actual(index));

    /// <summary>2 TP / (2 TP + FP + FN): the harmonic mean of precision and recall; 0 where no example has the class or was taken for it.</summary>
    /// <param name="index">The class.</param>
    public double F1(int index) => Share(2 * _counts[index, index], Actual(index) + Predicted(index));

    /// <summary>Precision over all classes.</summary>
    /// <param name="averaging">How.</param>
    /// <exception cref="InvalidOperationException">There are no examples, or more than two classes where two are needed.</exception>
    public double Precision(Averaging averaging) => Average(averaging, Precision);

    /// <summary>Recall over all classes; as macro, the balanced accuracy.</summary>
    /// <inheritdoc cref="Precision(Averaging)"/>
    public double Recall(Averaging averaging) => Average(averaging, Recall);

    /// <summary>F1 over all classes.</summary>
    /// <inheritdoc cref="Precision(Averaging)"/>
    public double F1(Averaging averaging) => Average(averaging, F1);

    /// <summary>The counts, a row for each class that examples have, and precision, recall and F1 of each.</summary>
    public string ToTable()
    {
        string[] names = [.. ClassNames.Select(name => name.Length <= WidestName ? name : name[..(WidestName - 1)] + "…")];
        int width = Math.Max(9, names.Max(name => name.Length));
        string heads = string.Concat(names.Select(name => " " + name.PadLeft(width)));
        var text = new StringBuilder().Append(' ', width).Append(heads).Append("  precision    recall        F1\n");
        for (int row = 0; row < names.Length; row++)
        {
            text.Append(names[row].PadRight(width));
            for (int column = 0; column < names.Length; column++)
                text.Append(' ').Append(_counts[row, column].ToString(CultureInfo.InvariantCulture).PadLeft(width));
            text.Append(CultureInfo.InvariantCulture, $"  {Precision(row),9:F4} {Recall(row),9:F4} {F1(row),9:F4}\n");
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    protected override long AddBatch(Tensor outputs, Tensor targets)
    {
        var scores = ClassScores.Of("confusion matrix", outputs, targets);
        if (scores.Classes != ClassNames.Count)
            throw new TensorShapeException($"confusion matrix: expected outputs of {ClassNames.Count} classes; got {outputs.Shape}, of {scores.Classes}");
        for (int row = 0; row < scores.Labels.Length; row++)
            _counts[scores.Labels[row], scores.Likeliest(row)]++;
        return scores.Rows;
    }

    /// <inheritdoc/>
    protected override double Compute() => Right / (double)Count;

    /// <inheritdoc/>
    protected override void Clear() => Array.Clear(_counts);

    private long Right => Enumerable.Range(0, ClassNames.Count).Sum(index => _counts[index, index]);

    private static double Share(long part, long whole) => whole == 0 ? 0 : part / (double)whole;

    private double Average(Averaging averaging, Func<int, double> of)
    {
        if (Count == 0)
            throw new InvalidOperationException("the confusion matrix has no example");
        if (averaging == Averaging.Binary && ClassNames.Count != 2)
            throw new InvalidOperationException($"Averaging.Binary is for 2 classes; there are {ClassNames.Count}: use Macro, Weighted or Micro");
        int[] present = [.. Enumerable.Range(0, ClassNames.Count).Where(index => Actual(index) + Predicted(index) > 0)];
        return averaging switch
        {
            Averaging.Binary => of(1),
            Averaging.Micro => Value,
            Averaging.Weighted => present.Sum(index => of(index) * Actual(index)) / Count,
            _ => present.Average(of),
        };
    }
}
