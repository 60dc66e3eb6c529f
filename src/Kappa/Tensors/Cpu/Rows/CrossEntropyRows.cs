using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Rows;

/// <summary>Rows of logits and what each is held against.</summary>
internal readonly unsafe struct TargetRows<T>(CrossEntropyTargets targets, Tensor logits)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* _logits = logits.Pointer<T>();
    private readonly int* _labels = targets.Labels.Pointer<int>();

    internal CrossEntropyTargets Targets { get; } = targets;

    internal int Classes { get; } = logits.Shape[1];

    internal int Label(int row) => _labels[row];

    internal bool Counts(int row) => Targets.Counts(_labels[row]);

    internal T* Logits(int row) => _logits + ((long)row * Classes);

    /// <summary>The sum of the row's shares.</summary>
    internal double Shares(int label) => Targets.LabelShare(label) + Targets.Spread;

    /// <summary>exp(logits - max) in working memory, their sum and the maximum.</summary>
    internal T* Exponentials(int row, out double sum, out T largest)
    {
        T* result = Workspace.Rent<T>(Workspace.Purpose.Row, Classes);
        sum = Exponential.Row(new ReadOnlySpan<T>(Logits(row), Classes), new Span<T>(result, Classes), T.One, out largest, out _);
        return result;
    }

    /// <summary>The sum of a row, a class left out.</summary>
    internal double SumOfOthers(T* values, int label)
    {
        T own = values[label];
        values[label] = T.Zero;
        double sum = PairwiseSums.Row<T, PlainTerm>(values, null, Classes, default);
        values[label] = own;
        return sum;
    }
}

/// <summary>The loss of each row: its shares times the logarithm of the sum, and each share times how far its class is below the largest.</summary>
internal unsafe struct CrossEntropyRows<T> : IRowFunction
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal TargetRows<T> Rows;
    internal double* Losses;

    public readonly void Execute(int row)
    {
        Losses[row] = 0;
        if (!Rows.Counts(row))
            return;
        int label = Rows.Label(row);
        T* exponentials = Rows.Exponentials(row, out double sum, out T largest), logits = Rows.Logits(row);
        double top = double.CreateTruncating(largest);
        double loss = Rows.Shares(label) * Exponential.LogOfSum(new Span<T>(exponentials, Rows.Classes), sum);
        loss += Weighed(Rows.Targets.LabelShare(label), top, Widened.Load(logits + label));
        for (int c = 0; Rows.Targets.Spread > 0 && c < Rows.Classes; c++)
            loss += Weighed(Rows.Targets.SmoothShare(c), top, Widened.Load(logits + c));
        Losses[row] = loss;
    }

    /// <summary>A share times top - logit, where infinities that are no part of it do not count.</summary>
    private static double Weighed(double share, double top, double logit) => share == 0 || logit == top ? 0 : share * (top - logit);
}

/// <summary>scale (shares p - share of each class).</summary>
internal unsafe struct CrossEntropyDerivativeRows<T> : IRowFunction
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal TargetRows<T> Rows;
    internal T* Result;
    internal double Scale;

    public readonly void Execute(int row)
    {
        T* result = Result + ((long)row * Rows.Classes);
        var to = new Span<T>(result, Rows.Classes);
        if (!Rows.Counts(row))
        {
            to.Clear();
            return;
        }

        int label = Rows.Label(row);
        double sum = Exponential.Row(new ReadOnlySpan<T>(Rows.Logits(row), Rows.Classes), to, T.One, out _, out _);
        double factor = Scale * Rows.Shares(label) / sum;
        if (Rows.Targets.Spread == 0)
        {
            TensorPrimitives.Multiply(to, T.CreateTruncating(factor), to);
        }
        else
        {
            for (int c = 0; c < Rows.Classes; c++)
                Widened.Store((Widened.Load(result + c) * factor) - (Scale * Rows.Targets.SmoothShare(c)), result + c);
        }

        Widened.Store(-Rows.SumOfOthers(result, label), result + label);
    }
}

/// <summary>How the loss of each row changes along K tangents t: the sum of shares (p . t - t), by way of differences from t at the label.</summary>
internal unsafe struct CrossEntropyTangentRows<T> : IRowFunction
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal TargetRows<T> Rows;
    internal T* Tangents;
    internal int Count;

    /// <summary>[K, rows].</summary>
    internal double* Losses;

    public readonly void Execute(int row)
    {
        int label = Rows.Label(row), classes = Rows.Classes;
        long rowCount = Rows.Targets.Labels.Count;
        bool counts = Rows.Counts(row);
        double sum = 1;
        T* exponentials = counts ? Rows.Exponentials(row, out sum, out _) : null;
        for (int k = 0; k < Count; k++)
        {
            double* loss = Losses + (k * rowCount) + row;
            *loss = 0;
            if (!counts)
                continue;
            T* tangent = Tangents + (((k * rowCount) + row) * classes);
            double shift = Widened.Load(tangent + label);
            *loss = Rows.Shares(label) / sum * PairwiseSums.Row<T, ProductTerm>(exponentials, tangent, classes, new(0, shift));
            for (int c = 0; Rows.Targets.Spread > 0 && c < classes; c++)
                *loss -= Rows.Targets.SmoothShare(c) * (Widened.Load(tangent + c) - shift);
        }
    }
}

/// <summary>How the gradient changes: scale shares p (t - p . t), plus, where the gradient at the loss changes too, that times (shares p - share of each
/// class).</summary>
internal unsafe struct CrossEntropyDerivativeTangentRows<T> : IRowFunction
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal TargetRows<T> Rows;
    internal T* Tangents, Result;

    /// <summary>How the gradient at the loss changes along each tangent, over what the rows weigh.</summary>
    internal double[] Changes;

    internal double Scale;
    internal int RowCount;

    public readonly void Execute(int row)
    {
        int label = Rows.Label(row), classes = Rows.Classes;
        bool counts = Rows.Counts(row);
        double sum = 1, shares = 0, others = 0;
        T* exponentials = null;
        if (counts)
        {
            exponentials = Rows.Exponentials(row, out sum, out _);
            shares = Rows.Shares(label);
            others = (shares / sum * Rows.SumOfOthers(exponentials, label)) - (Rows.Targets.Spread - Rows.Targets.SmoothShare(label));
        }

        for (int k = 0; k < Changes.Length; k++)
        {
            long start = (((long)k * RowCount) + row) * classes;
            T* result = Result + start;
            if (!counts)
            {
                new Span<T>(result, classes).Clear();
                continue;
            }

            double scale = Tangents == null ? 0 : Scale * shares / sum, change = Changes[k];
            T* tangent = Tangents == null ? exponentials : Tangents + start;
            double shift = Widened.Load(tangent + label);
            double mean = Tangents == null ? 0 : PairwiseSums.Row<T, ProductTerm>(exponentials, tangent, classes, new(0, shift)) / sum;
            Widened.Map(exponentials, tangent, null, null, result, classes, accumulate: false, new Function(scale, shift, mean, change * shares / sum));
            for (int c = 0; Rows.Targets.Spread > 0 && c < classes; c++)
                Widened.Store(Widened.Load(result + c) - (change * Rows.Targets.SmoothShare(c)), result + c);
            Widened.Store((Widened.Load(exponentials + label) * scale * -mean) - (change * others), result + label);
        }
    }

    private readonly struct Function(double scale, double shift, double mean, double change) : IWideFunction
    {
        public static int Inputs => 2;

        public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) =>
            a * ((new Vector<double>(scale) * (b - new Vector<double>(shift) - new Vector<double>(mean))) + new Vector<double>(change));

        public double Invoke(double a, double b, double c, double d) => a * ((scale * (b - shift - mean)) + change);
    }
}
