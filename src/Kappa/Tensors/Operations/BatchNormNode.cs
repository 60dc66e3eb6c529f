using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>
/// (x - mean) r weight + bias for each channel, r = 1 / sqrt(variance + epsilon), with the mean and variance of the batch or given ones. All rules are sums
/// over a channel and combinations by channel, in double precision: with n the values of a channel, 1/n is replaced by 0 where the statistics are given, and
/// everything that comes from differentiating them vanishes.
/// </summary>
internal sealed class BatchNormNode(Tensor x, Tensor? weight, Tensor? bias, BatchStatistics statistics) : GraphNode(x, weight, bias)
{
    private readonly int _batch = x.Shape[0];
    private readonly int _channels = x.Shape[1];
    private readonly int _pixels = SliceNode.Inner(x.Shape, 1);

    internal override string Name => "BatchNorm";

    /// <summary>What it normalises by.</summary>
    internal BatchStatistics Statistics => statistics;

    /// <summary>The buffer that the mean was read from; null where it is that of the batch.</summary>
    internal Tensor? RunningMean { get; private init; }

    /// <summary>The buffer that the variance was read from; null where it is that of the batch.</summary>
    internal Tensor? RunningVariance { get; private init; }

    private Tensor? Weight => InputCount == 3 ? Input(1) : null;

    /// <summary>Normalises by the batch's own statistics, which it gives as well, <c>[channels]</c> in Float64: the mean, the variance over n, and n.</summary>
    /// <param name="x">The input.</param>
    /// <param name="weight">The scale of each channel.</param>
    /// <param name="bias">What is added to each.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="overPieces">Replaces sums over the channels of this input by those over all pieces of the batch; null where it is the whole batch.</param>
    internal static (Tensor Y, Tensor Mean, Tensor Variance, double N) Apply(
        Tensor x, Tensor? weight, Tensor? bias, double epsilon, Action<double[]>? overPieces = null)
    {
        Check(x, weight, bias, epsilon);
        int values = x.Shape[0] * SliceNode.Inner(x.Shape, 1);
        if (overPieces is null && values <= 1)
        {
            throw new TensorShapeException(
                $"BatchNorm: the statistics of a batch take more than one value for each channel; {x.Shape} has {values}. Train on batches of two or more, or "
                + "call Eval() to use the running statistics");
        }

        var (mean, variance) = (x.New([x.Shape[1]], DataType.Float64), x.New([x.Shape[1]], DataType.Float64));
        var y = x.New(x.Shape);
        double n = y.Backend.BatchNorm(x, weight, bias, epsilon, overPieces, mean, variance, y);
        if (IsRecorded(x, weight, bias))
        {
            var statistics = BatchStatistics.Of(mean, variance, epsilon) with { Share = 1 / n, OverPieces = overPieces };
            y.RecordedBy(new BatchNormNode(x, weight, bias, statistics));
        }

        return (y, mean, variance, n);
    }

    /// <summary>Normalises by given statistics, <c>[channels]</c> of any type.</summary>
    internal static Tensor Apply(
        Tensor x, Tensor? weight, Tensor? bias, Tensor mean, Tensor variance, double epsilon, Tensor? runningMean = null, Tensor? runningVariance = null)
    {
        Check(x, weight, bias, epsilon);
        if (mean.Rank != 1 || mean.Count != x.Shape[1] || variance.Shape != mean.Shape)
        {
            throw new TensorShapeException(
                $"BatchNorm: mean and variance must be [{x.Shape[1]}] for the input {x.Shape}; got {mean.Shape} and {variance.Shape}");
        }

        var statistics = BatchStatistics.Of(mean, variance, epsilon);
        var y = x.New(x.Shape);
        using (Composed.Begin())
        {
            var (factors, shifts, offsets) = ChannelNormalization.Of(weight, bias, statistics);
            y.Backend.ChannelCombine(
                [new(x, factors, shifts)], offsets, x.Shape[0], x.Shape[1], SliceNode.Inner(x.Shape, 1), y, accumulate: false);
        }

        if (IsRecorded(x, weight, bias))
            y.RecordedBy(new BatchNormNode(x, weight, bias, statistics) { RunningMean = runningMean, RunningVariance = runningVariance });
        return y;
    }

    protected override SavedValue[] Save() => InputCount == 3
        ? [new(Input(0), neededFor: Input(0)), new(Input(0), neededFor: Input(1)), new(Input(1), neededFor: Input(0))]
        : [new(Input(0))];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var toBias = InputCount == 3 ? Target(Input(2), pass) : default;
        var toWeight = InputCount == 3 ? Target(Input(1), pass) : default;
        gradient.Backend.BatchNormGradients(Input(0), Weight, statistics, gradient, Target(Input(0), pass), toWeight, toBias);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var x = Input(0);
        var result = pass.New(x);
        using var _ = Composed.Begin();
        var (r, factors) = (statistics.R, Factors());
        for (int i = 0; i < pass.Count; i++)
        {
            var dx = pass.Of(x)?.Entry(i);
            var dWeight = InputCount == 3 ? pass.Of(Input(1))?.Entry(i) : null;
            var dBias = InputCount == 3 ? pass.Of(Input(2))?.Entry(i) : null;
            var to = result.Entry(i);
            var (sum, product) = Sums(dx, x, statistics.Mean);
            var ofX = (Wide(dWeight) * r) - (factors * r * r * product * statistics.Share);
            var offsets = Wide(dBias) - (factors * sum * statistics.Share);
            if (dx is null)
                Combine([new(x, ofX, statistics.Mean)], offsets, to, accumulate: false);
            else
                Combine([new(x, ofX, statistics.Mean), new(dx, factors)], offsets, to, accumulate: false);
        }

        return result;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var x = Input(0);
        var (dx, dWeight) = (pass.Of(x), InputCount == 3 ? pass.Of(Input(1)) : null);
        bool needsBias = InputCount == 3 && pass.Needs(Input(2)) && gradientTangent is not null;
        bool needsWeight = InputCount == 3 && pass.Needs(Input(1)) && (gradientTangent is not null || dx is not null);
        bool needsX = pass.Needs(x) && (gradientTangent is not null || dx is not null || dWeight is not null);
        bool addToBias = false, addToWeight = false, addToX = false;
        var atBias = needsBias ? pass.Destination(Input(2), out addToBias) : null;
        var atWeight = needsWeight ? pass.Destination(Input(1), out addToWeight) : null;
        var atX = needsX ? pass.Destination(x, out addToX) : null;
        if (!needsBias && !needsWeight && !needsX)
            return;
        using var _ = Composed.Begin();
        var sums = Sums(gradient, x, statistics.Mean);
        for (int i = 0; i < pass.Count; i++)
        {
            var terms = new Terms(this, gradient, sums, dx?.Entry(i), gradientTangent?.Entry(i), Wide(dWeight?.Entry(i)));
            if (atBias is not null)
                Put(terms.AtBias, atBias.Entry(i), addToBias);
            if (atWeight is not null)
                Put(terms.AtWeight, atWeight.Entry(i), addToWeight);
            if (atX is not null)
                terms.PutAtX(atX.Entry(i), addToX);
        }
    }

    private static bool IsRecorded(Tensor x, Tensor? weight, Tensor? bias) =>
        Recording.Needed(x) || (weight is not null && Recording.Needed(weight, bias!));

    private static GradientTarget Target(Tensor input, BackwardPass pass) =>
        pass.Needs(input) ? new(pass.Destination(input, out bool accumulate), accumulate) : default;

    private static void Check(Tensor x, Tensor? weight, Tensor? bias, double epsilon)
    {
        Operands.RequireFloating(x, "BatchNorm");
        if (x.Rank < 2)
            throw new TensorShapeException($"BatchNorm: expected [batch, channels, ...]; got {x.Shape}");
        _ = Operands.RequireEpsilon(epsilon, x.DataType, "BatchNorm");
        if ((weight is null) != (bias is null))
            throw new ArgumentException("BatchNorm: weight and bias come together, or neither", nameof(bias));
        foreach (var parameter in (Tensor?[])[weight, bias])
        {
            if (parameter is not null && (parameter.Rank != 1 || parameter.Shape[0] != x.Shape[1] || parameter.DataType != x.DataType))
            {
                throw new TensorShapeException(
                    $"BatchNorm: weight and bias must be [{x.Shape[1]}] {x.DataType} for the input {x.Shape}; got {parameter.Shape} {parameter.DataType}");
            }
        }
    }

    private static void Put(Tensor values, Tensor destination, bool accumulate)
    {
        if (accumulate)
            values += destination.To(DataType.Float64);
        destination.CopyFromInPlace(values.To(destination.DataType));
    }

    /// <summary>For each channel, the sum of a, and that of a (b - shift); zeros where a is absent.</summary>
    private (Tensor Sum, Tensor Product) Sums(Tensor? a, Tensor b, Tensor? shift)
    {
        if (a is null)
            return (Wide(null), Wide(null));
        var sums = a.New([2, _channels], DataType.Float64);
        sums.Backend.ChannelSums(a, null, b, shift, _batch, _channels, _pixels, sums);
        return (sums.Entry(0), sums.Entry(1));
    }

    private void Combine(ReadOnlySpan<ChannelTerm> terms, Tensor offsets, Tensor destination, bool accumulate) =>
        destination.Backend.ChannelCombine(terms, offsets, _batch, _channels, _pixels, destination, accumulate);

    /// <summary>Numbers of the channels in double precision; zeros where there are none.</summary>
    private Tensor Wide(Tensor? numbers) => numbers?.To(DataType.Float64) ?? statistics.R.NewZeros([_channels]);

    /// <summary>weight r.</summary>
    private Tensor Factors() => Weight is { } weights ? weights.To(DataType.Float64) * statistics.R : statistics.R;

    /// <summary>How the gradients change along one tangent.</summary>
    private sealed class Terms
    {
        private readonly BatchNormNode _node;
        private readonly Tensor? _gradient, _tangent, _gradientTangent;
        private readonly Tensor _sum, _product, _tangentSum, _tangentProduct, _weightTangents;

        internal Terms(
            BatchNormNode node, Tensor? gradient, (Tensor Sum, Tensor Product) sums, Tensor? tangent, Tensor? gradientTangent, Tensor weightTangents)
        {
            (_node, _gradient, _tangent, _gradientTangent, _weightTangents) = (node, gradient, tangent, gradientTangent, weightTangents);
            (_sum, _product) = sums;
            var x = node.Input(0);
            var (mean, r, share) = (node.Statistics.Mean, node.Statistics.R, node.Statistics.Share);
            (_tangentSum, _tangentProduct) = node.Sums(tangent, x, mean);
            var both = tangent is null ? node.Wide(null) : node.Sums(gradient, tangent, null).Product;
            (AtBias, var changed) = node.Sums(gradientTangent, x, mean);
            // sum(dg xhat) + sum(g dxhat), with dxhat = r (dx - mean(dx) - xhat mean(dx xhat)).
            AtWeight = r * (changed + both - (_tangentSum * share * _sum) - (r * r * _tangentProduct * share * _product));
        }

        internal Tensor AtBias { get; }

        internal Tensor AtWeight { get; }

        internal void PutAtX(Tensor destination, bool accumulate)
        {
            // (dw r + w dr)(g - a - xhat b) + w r (dg - da - dxhat b - xhat db), with a = mean(g), b = mean(g xhat), dr = -r^2 c, c = mean(dx xhat).
            var (r, share) = (_node.Statistics.R, _node.Statistics.Share);
            var c = r * _tangentProduct * share;
            var b = r * _product * share;
            var ofChange = _node.Factors();
            var ofGradient = (_weightTangents * r) - (ofChange * r * c);
            var ofTangent = -ofChange * r * b;
            var ofX = r * ((-ofGradient * b) - (ofChange * ((AtWeight * share) - (r * c * b))));
            var offsets = ((ofGradient * _sum) + (ofChange * AtBias) + (ofTangent * _tangentSum)) * -share;
            var terms = new List<ChannelTerm> { new(_node.Input(0), ofX, _node.Statistics.Mean) };
            if (_gradient is not null)
                terms.Add(new(_gradient, ofGradient));
            if (_gradientTangent is not null)
                terms.Add(new(_gradientTangent, ofChange));
            if (_tangent is not null)
                terms.Add(new(_tangent, ofTangent));
            _node.Combine([.. terms], offsets, destination, accumulate);
        }
    }
}
