using System.Numerics.Tensors;
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Elementwise;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Training.Metrics;

/// <summary>A batch of a classifier's outputs and labels, checked whole: rows of one score for each class, or of the one score of two classes.</summary>
internal readonly ref struct ClassScores
{
    private readonly ReadOnlySpan<float> _singles;
    private readonly ReadOnlySpan<double> _doubles;
    private readonly int _width;

    private ClassScores(string metric, Tensor outputs, Tensor targets, int? ignored)
    {
        if (outputs.DataType is not (DataType.Float32 or DataType.Float64))
            throw new ArgumentException($"{metric}: expected outputs of Float32 or Float64, scores before the softmax; got {outputs}", nameof(outputs));
        if (targets.DataType != DataType.Int32)
        {
            throw new ArgumentException(
                $"{metric}: expected targets of Int32, the label of each row; got {targets}. Labels that came as floats are converted by To(DataType.Int32)",
                nameof(targets));
        }
        bool isBinary = outputs.Count == targets.Count && (outputs.Rank <= 1 || outputs.Shape[^1] == 1);
        _width = isBinary ? 1 : outputs.Rank == 0 ? 0 : outputs.Shape[^1];
        if (!isBinary && (outputs.Rank < 2 || _width < 2 || outputs.Count / _width != targets.Count || outputs.Count % _width != 0))
        {
            throw new TensorShapeException(
                $"{metric}: expected outputs [.., classes] with a label for each row, or one output for each label; got {outputs.Shape} and {targets.Shape}");
        }
        Labels = targets.OnHost().ReadOnlyValues<int>();
        (Classes, Ignored) = (isBinary ? 2 : _width, ignored);
        if (outputs.DataType == DataType.Float32)
            _singles = outputs.OnHost().ReadOnlyValues<float>();
        else
            _doubles = outputs.OnHost().ReadOnlyValues<double>();
        for (int row = 0; row < Labels.Length; row++)
        {
            if ((uint)Labels[row] >= (uint)Classes && Labels[row] != ignored)
                throw new ArgumentOutOfRangeException(nameof(targets), Labels[row], $"{metric}: label {row} is not a class: expected 0 to {Classes - 1}");
            Rows += Labels[row] == ignored ? 0 : 1;
        }
        RequireFinite(metric, outputs);
    }

    /// <summary>The label of each row.</summary>
    internal ReadOnlySpan<int> Labels { get; }

    internal int Classes { get; }

    /// <summary>Rows that count.</summary>
    internal int Rows { get; }

    private int? Ignored { get; }

    /// <summary>Whether a row is left out.</summary>
    internal bool IsIgnored(int row) => Labels[row] == Ignored;

    internal static ClassScores Of(string metric, Tensor outputs, Tensor targets, int? ignored = null) => new(metric, outputs, targets, ignored);

    /// <summary>The likeliest class of a row; of several that are equal, the first. One score stands for class 1 where it is above 0.</summary>
    internal int Likeliest(int row) => _width == 1 ? this[row, 0] > 0 ? 1 : 0
        : _doubles.IsEmpty ? TensorPrimitives.IndexOfMax(_singles.Slice(row * _width, _width))
        : TensorPrimitives.IndexOfMax(_doubles.Slice(row * _width, _width));

    /// <summary>A score as it came.</summary>
    internal double this[int row, int column] => _doubles.IsEmpty ? _singles[(row * _width) + column] : _doubles[(row * _width) + column];

    /// <summary>Of two classes, how far class 1 is above class 0 before the softmax.</summary>
    internal double Margin(int row) => _width == 1 ? this[row, 0] : this[row, 1] - this[row, 0];

    /// <summary>What stands above a label: classes of a larger score, and of an equal one that come first.</summary>
    internal int Rank(int row)
    {
        int label = Labels[row];
        if (_width == 1)
            return Likeliest(row) == label ? 0 : 1;
        int above = 0;
        double own = this[row, label];
        for (int other = 0; other < _width; other++)
        {
            double score = this[row, other];
            above += score > own || (score == own && other < label) ? 1 : 0;
        }
        return above;
    }

    /// <summary>The logarithms of the classes' probabilities: the log-softmax in double precision.</summary>
    internal void LogProbabilities(int row, Span<double> to)
    {
        if (_width == 1)
        {
            double score = this[row, 0], tail = Precise.LogOfOnePlus(Math.Exp(-Math.Abs(score)));
            (to[0], to[1]) = (-Math.Max(score, 0) - tail, Math.Min(score, 0) - tail);
            return;
        }
        for (int i = 0; i < _width; i++)
            to[i] = this[row, i];
        double largest = TensorPrimitives.Max<double>(to);
        TensorPrimitives.Subtract<double>(to, largest, to);
        // So summed that the order of the classes does not break ties between rows.
        var sum = default(RunningSum);
        foreach (double value in to)
            sum.Add(Math.Exp(value));
        TensorPrimitives.Subtract<double>(to, Math.Log(sum.Value), to);
    }

    private void RequireFinite(string metric, Tensor outputs)
    {
        int bad = _doubles.IsEmpty ? FirstNonFinite(_singles) : FirstNonFinite(_doubles);
        if (bad >= 0)
        {
            double value = _doubles.IsEmpty ? _singles[bad] : _doubles[bad];
            throw new NonFiniteException($"{metric}: the output {outputs.Shape} of the model holds {value} at row {bad / _width}, column {bad % _width}");
        }
    }

    private static int FirstNonFinite<T>(ReadOnlySpan<T> values)
        where T : struct, System.Numerics.IFloatingPointIeee754<T>
    {
        if (TensorPrimitives.IsFiniteAll(values))
            return -1;
        for (int i = 0; i < values.Length; i++)
        {
            if (!T.IsFinite(values[i]))
                return i;
        }
        return -1;
    }
}
