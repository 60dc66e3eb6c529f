using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>
/// (x - mean) r weight + bias for each channel, r = 1 / sqrt(variance + epsilon), with the mean and variance of the batch or given ones. All rules are sums
/// over a channel and combinations by channel, in double precision: with n the values of a channel, 1/n is replaced by 0 where the statistics are given, and
/// everything that comes from differentiating them vanishes.
/// </summary>
internal sealed class BatchNormNode(Tensor x, Tensor? weight, Tensor? bias, double[] mean, double[] r, double share) : GraphNode(x, weight, bias)
{
    private readonly int _batch = x.Shape[0];
    private readonly int _channels = x.Shape[1];
    private readonly int _pixels = SliceNode.Inner(x.Shape, 1);

    internal override string Name => "BatchNorm";

    /// <summary>Normalises by the batch's own statistics, which it gives as well: the mean, the variance over n, and n.</summary>
    /// <param name="x">The input.</param>
    /// <param name="weight">The scale of each channel.</param>
    /// <param name="bias">What is added to each.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="overPieces">Replaces sums over the channels of this input by those over all pieces of the batch; null where it is the whole batch.</param>
    internal static (Tensor Y, double[] Mean, double[] Variance, double N) Apply(
        Tensor x, Tensor? weight, Tensor? bias, double epsilon, Action<double[]>? overPieces = null)
    {
        Check(x, weight, bias, epsilon);
        int pixels = SliceNode.Inner(x.Shape, 1), n = x.Shape[0] * pixels;
        if (overPieces is not null)
            return ApplyToPiece(x, weight, bias, epsilon, n, overPieces);
        if (n <= 1)
        {
            throw new TensorShapeException(
                $"BatchNorm: the statistics of a batch take more than one value for each channel; {x.Shape} has {n}. Train on batches of two or more, or call "
                + "Eval() to use the running statistics");
        }

        // Beside the first value, which is at most sqrt(n) deviations from the mean, so that what cancels is at most n times what is left.
        double[] first = First(x, pixels);
        var (sum, squares) = Sums(x, first, x, first, x);
        double[] shift = [.. sum.Select(value => value / n)];
        double[] mean = [.. shift.Select((value, c) => first[c] + value)],
            variance = [.. squares.Select((value, c) => Math.Max(0, (value / n) - (shift[c] * shift[c])))];
        return (Run(x, weight, bias, mean, variance, epsilon, 1.0 / n), mean, variance, n);
    }

    /// <summary>The mean first, then the squares beside it: sums that add up over pieces.</summary>
    private static (Tensor Y, double[] Mean, double[] Variance, double N) ApplyToPiece(
        Tensor x, Tensor? weight, Tensor? bias, double epsilon, int ownN, Action<double[]> overPieces)
    {
        double[] sums = [.. Sums(x, null, x, null, x).Sum, ownN];
        overPieces(sums);
        double n = sums[^1];
        double[] mean = [.. sums[..^1].Select(sum => sum / n)];
        double[] squares = Sums(x, mean, x, mean, x).Product;
        overPieces(squares);
        double[] variance = [.. squares.Select(sum => sum / n)];
        return (Run(x, weight, bias, mean, variance, epsilon, 1 / n, overPieces: overPieces), mean, variance, n);
    }

    /// <summary>Normalises by given statistics.</summary>
    internal static Tensor Apply(
        Tensor x, Tensor? weight, Tensor? bias, double[] mean, double[] variance, double epsilon, Tensor? runningMean = null, Tensor? runningVariance = null)
    {
        Check(x, weight, bias, epsilon);
        return Run(x, weight, bias, mean, variance, epsilon, 0, runningMean, runningVariance);
    }

    protected override SavedValue[] Save() => InputCount == 3
        ? [new(Input(0), neededFor: Input(0)), new(Input(0), neededFor: Input(1)), new(Input(1), neededFor: Input(0))]
        : [new(Input(0))];

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        var x = Input(0);
        var (sum, product) = Sums(gradient, null, x, mean, x);
        if (InputCount == 3 && pass.Needs(Input(2)))
            Put(sum, pass.Destination(Input(2), out bool accumulate), accumulate);
        if (InputCount == 3 && pass.Needs(Input(1)))
            Put(ForEach(c => product[c] * r[c]), pass.Destination(Input(1), out bool accumulate), accumulate);
        if (!pass.Needs(x))
            return;
        if (OverPieces is { } overPieces)
        {
            double[] both = [.. sum, .. product];
            overPieces(both);
            (sum, product) = new ChannelSums(both[.._channels], both[_channels..]);
        }
        // weight r (g - mean(g) - xhat mean(g xhat)).
        double[] weights = Weights();
        double[] ofGradient = ForEach(c => weights[c] * r[c]);
        double[] ofX = ForEach(c => -weights[c] * r[c] * r[c] * r[c] * product[c] * share);
        double[] offset = ForEach(c => -ofGradient[c] * sum[c] * share);
        var destination = pass.Destination(x, out bool add);
        destination.Backend.ChannelCombine([new(gradient, ofGradient), new(x, ofX, mean)], offset, _batch, _channels, _pixels, destination, add);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        var x = Input(0);
        var result = pass.New(x);
        double[] weights = Weights();
        for (int i = 0; i < pass.Count; i++)
        {
            using var dx = pass.Of(x)?.Entry(i);
            using var dWeight = InputCount == 3 ? pass.Of(Input(1))?.Entry(i) : null;
            using var dBias = InputCount == 3 ? pass.Of(Input(2))?.Entry(i) : null;
            using var to = result.Entry(i);
            var (sum, product) = dx is null ? new(new double[_channels], new double[_channels]) : Sums(dx, null, x, mean, x);
            double[] weightTangents = Values(dWeight), biasTangents = Values(dBias);
            double[] ofX = ForEach(c => (weightTangents[c] * r[c]) - (weights[c] * r[c] * r[c] * r[c] * product[c] * share));
            double[] offset = ForEach(c => biasTangents[c] - (weights[c] * r[c] * sum[c] * share));
            double[] ofTangent = ForEach(c => weights[c] * r[c]);
            if (dx is null)
                to.Backend.ChannelCombine([new(x, ofX, mean)], offset, _batch, _channels, _pixels, to, accumulate: false);
            else
                to.Backend.ChannelCombine([new(x, ofX, mean), new(dx, ofTangent)], offset, _batch, _channels, _pixels, to, accumulate: false);
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
        var (sum, product) = gradient is null ? new(new double[_channels], new double[_channels]) : Sums(gradient, null, x, mean, x);
        for (int i = 0; i < pass.Count && (needsBias || needsWeight || needsX); i++)
        {
            using var tangent = dx?.Entry(i);
            using var from = gradientTangent?.Entry(i);
            using var weightTangent = dWeight?.Entry(i);
            var terms = new Terms(this, gradient, sum, product, tangent, from, Values(weightTangent));
            using var toBias = atBias?.Entry(i);
            using var toWeight = atWeight?.Entry(i);
            using var toX = atX?.Entry(i);
            if (toBias is not null)
                Put(terms.AtBias, toBias, addToBias);
            if (toWeight is not null)
                Put(terms.AtWeight, toWeight, addToWeight);
            if (toX is not null)
                terms.PutAtX(toX, addToX);
        }
    }

    private static Tensor Run(
        Tensor x, Tensor? weight, Tensor? bias, double[] mean, double[] variance, double epsilon, double share, Tensor? runningMean = null,
        Tensor? runningVariance = null, Action<double[]>? overPieces = null)
    {
        double[] r = [.. variance.Select(value => 1 / Math.Sqrt(value + epsilon))];
        var node = new BatchNormNode(x, weight, bias, mean, r, share)
        {
            RunningMean = runningMean, RunningVariance = runningVariance, Epsilon = epsilon, OverPieces = overPieces,
        };
        double[] weights = node.Weights(), biases = bias is null ? new double[mean.Length] : Values(bias, mean.Length);
        var y = x.New(x.Shape);
        double[] factors = node.ForEach(c => weights[c] * r[c]);
        y.Backend.ChannelCombine([new(x, factors, mean)], biases, node._batch, node._channels, node._pixels, y, accumulate: false);
        if (Recording.Needed(x) || (weight is not null && Recording.Needed(weight, bias!)))
            y.RecordedBy(node);
        return y;
    }

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

    private static ChannelSums Sums(Tensor a, double[]? shiftA, Tensor b, double[]? shiftB, Tensor like) =>
        a.Backend.ChannelSums(a, shiftA, b, shiftB, like.Shape[0], like.Shape[1], SliceNode.Inner(like.Shape, 1));

    /// <summary>What normalising by given statistics does to each channel.</summary>
    internal static ChannelNormalization Normalization(Tensor? weight, Tensor? bias, double[] mean, double[] variance, double epsilon)
    {
        double[] factors = [.. variance.Select(value => 1 / Math.Sqrt(value + epsilon))];
        if (weight is not null)
        {
            double[] weights = Numbers(weight);
            if (weights.Length != factors.Length)
                throw new TensorShapeException($"BatchNorm: weight and bias must be [{factors.Length}]; got {weight.Shape}");
            for (int c = 0; c < factors.Length; c++)
                factors[c] = weights[c] * factors[c];
        }

        return new ChannelNormalization(factors, mean, bias is null ? new double[factors.Length] : Numbers(bias));
    }

    /// <summary>The elements, in double precision.</summary>
    internal static double[] Numbers(Tensor tensor)
    {
        var host = tensor.OnHost();
        return host.DataType == DataType.Float32 ? Array.ConvertAll(host.ToArray<float>(), value => (double)value) : host.ToArray<double>();
    }

    private static double[] Values(Tensor? tensor, int channels) => tensor is null ? new double[channels] : Numbers(tensor);

    /// <summary>The first value of each channel.</summary>
    private static double[] First(Tensor x, int pixels)
    {
        using var values = x.New([x.Shape[1], 1]);
        values.Backend.CopyBlock(x, 0, pixels, values, 0, 1, x.Shape[1], 1);
        return Values(values, x.Shape[1]);
    }

    private static void Put(double[] values, Tensor destination, bool accumulate)
    {
        using var edit = HostEdit.Of(destination);
        for (int i = 0; i < values.Length; i++)
        {
            if (destination.DataType == DataType.Float32)
                edit.Values<float>()[i] = (float)(values[i] + (accumulate ? edit.Values<float>()[i] : 0));
            else
                edit.Values<double>()[i] = values[i] + (accumulate ? edit.Values<double>()[i] : 0);
        }
    }

    private double[] Values(Tensor? tensor) => Values(tensor, _channels);

    private double[] Weights() => InputCount == 3 ? Values(Input(1)) : [.. Enumerable.Repeat(1.0, _channels)];

    private double[] ForEach(Func<int, double> function) => [.. Enumerable.Range(0, _channels).Select(function)];

    /// <summary>How the gradients change along one tangent.</summary>
    private sealed class Terms
    {
        private readonly BatchNormNode _node;
        private readonly Tensor? _gradient, _tangent, _gradientTangent;
        private readonly double[] _sum, _product, _tangentSum, _tangentProduct, _weightTangents, _weights;

        internal Terms(BatchNormNode node, Tensor? gradient, double[] sum, double[] product, Tensor? tangent, Tensor? gradientTangent, double[] weightTangents)
        {
            (_node, _gradient, _tangent, _gradientTangent, _sum, _product, _weightTangents) = (node, gradient, tangent, gradientTangent, sum, product,
                weightTangents);
            var x = node.Input(0);
            double[] mean = node.Mean, r = node.Scales, none = new double[node._channels];
            _weights = node.Weights();
            (_tangentSum, _tangentProduct) = tangent is null ? new(none, none) : Sums(tangent, null, x, mean, x);
            double[] both = tangent is null || gradient is null ? none : Sums(gradient, null, tangent, null, x).Product;
            (AtBias, double[] changed) = gradientTangent is null ? new(none, none) : Sums(gradientTangent, null, x, mean, x);
            // sum(dg xhat) + sum(g dxhat), with dxhat = r (dx - mean(dx) - xhat mean(dx xhat)).
            AtWeight = node.ForEach(
                c => r[c] * (changed[c] + both[c] - (_tangentSum[c] * node.Share * sum[c]) - (r[c] * r[c] * _tangentProduct[c] * node.Share * product[c])));
        }

        internal double[] AtBias { get; }

        internal double[] AtWeight { get; }

        internal void PutAtX(Tensor destination, bool accumulate)
        {
            // (dw r + w dr)(g - a - xhat b) + w r (dg - da - dxhat b - xhat db), with a = mean(g), b = mean(g xhat), dr = -r^2 c, c = mean(dx xhat).
            double[] r = _node.Scales;
            double share = _node.Share;
            double[] c = _node.ForEach(i => r[i] * _tangentProduct[i] * share);
            double[] b = _node.ForEach(i => r[i] * _product[i] * share);
            double[] ofGradient = _node.ForEach(i => (_weightTangents[i] * r[i]) - (_weights[i] * r[i] * r[i] * c[i]));
            double[] ofChange = _node.ForEach(i => _weights[i] * r[i]);
            double[] ofTangent = _node.ForEach(i => -_weights[i] * r[i] * r[i] * b[i]);
            double[] ofX = _node.ForEach(i => r[i] * ((-ofGradient[i] * b[i]) - (_weights[i] * r[i] * ((AtWeight[i] * share) - (r[i] * c[i] * b[i])))));
            double[] offset = _node.ForEach(i => -share * ((ofGradient[i] * _sum[i]) + (ofChange[i] * AtBias[i]) + (ofTangent[i] * _tangentSum[i])));
            var terms = new List<ChannelTerm> { new(_node.Input(0), ofX, _node.Mean) };
            if (_gradient is not null)
                terms.Add(new(_gradient, ofGradient));
            if (_gradientTangent is not null)
                terms.Add(new(_gradientTangent, ofChange));
            if (_tangent is not null)
                terms.Add(new(_tangent, ofTangent));
            destination.Backend.ChannelCombine([.. terms], offset, _node._batch, _node._channels, _node._pixels, destination, accumulate);
        }
    }

    /// <summary>What x is shifted by, for each channel.</summary>
    internal double[] Mean => mean;

    /// <summary>r, for each channel.</summary>
    internal double[] Scales => r;

    /// <summary>The buffer that the mean was read from; null where it is that of the batch.</summary>
    internal Tensor? RunningMean { get; private init; }

    /// <summary>What sums over all pieces of the batch; null where this is the whole batch.</summary>
    private Action<double[]>? OverPieces { get; init; }

    /// <summary>The buffer that the variance was read from; null where it is that of the batch.</summary>
    internal Tensor? RunningVariance { get; private init; }

    /// <summary>What was added to the variance.</summary>
    internal double Epsilon { get; private init; }

    private double Share => share;
}
