using Kappa.Tensors;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Rescaling;

/// <content>Layers with parameters.</content>
internal sealed partial class SquaredNetwork
{
    private Scaled Linear(LinearNode node)
    {
        var (x, weight) = (NonNegative(node.Input(0)), node.Input(1));
        var y = Tensor.Uninitialized([x.Values.Shape[0], weight.Shape[0]], DataType.Float64);
        if (x.Values.Shape[0] == 1 && weight.DataType == DataType.Float32)
        {
            SquaredProduct.Forward(weight.ReadOnlyValues<float>(), x.Values.ReadOnlyValues<double>(), y.WritableValues<double>());
            return Shifted(new Scaled(y, x.Exponent), node);
        }

        var square = Squares.Of(weight);
        y.Backend.MatMul(false, true, x.Values, square.Values, y, accumulate: false);
        square.Values.Dispose();
        return Shifted(new Scaled(y, x.Exponent + square.Exponent), node);
    }

    private void PullLinear(LinearNode node, Scaled delta)
    {
        var (x, weight) = (NonNegative(node.Input(0)), node.Input(1));
        int rows = x.Values.Shape[0];
        if (node.InputCount == 3)
            _sink!.Add(node.Input(2), Scaled.Of(delta.Values.Sum(0), delta.Exponent));
        if (rows == 1)
        {
            _sink!.AddProduct(weight, delta.Values, x.Values, delta.Exponent + x.Exponent);
        }
        else
        {
            using var share = delta.Values.MatMul(x.Values, transposeA: true);
            _sink!.Add(weight, Scaled.Of(share, delta.Exponent + x.Exponent));
        }

        if (!Needs(node.Input(0)))
            return;
        var atX = Tensor.Uninitialized(x.Values.Shape, DataType.Float64);
        int exponent = delta.Exponent;
        if (rows == 1 && weight.DataType == DataType.Float32)
        {
            SquaredProduct.Backward(weight.ReadOnlyValues<float>(), delta.Values.ReadOnlyValues<double>(), atX.WritableValues<double>());
        }
        else
        {
            var square = Squares.Of(weight);
            atX.Backend.MatMul(false, false, delta.Values, square.Values, atX, accumulate: false);
            square.Values.Dispose();
            exponent += square.Exponent;
        }

        AddTo(node.Input(0), WithSigns(node.Input(0), Scaled.Of(atX, exponent)));
    }

    private Scaled Convolution(Conv2dNode node)
    {
        var x = NonNegative(node.Input(0));
        var squares = new Squares(node.Input(1));
        var y = Tensor.Uninitialized(node.Geometry.OutputShape, DataType.Float64);
        foreach (var block in ChannelBlock.Of(node.Geometry))
        {
            using var square = squares.Rows(block.First, block.Channels);
            using var channels = block.Of(y);
            channels.Backend.Convolution(block.Geometry, x.Values, square, null, UnaryKernel.Identity, null, channels, accumulate: false);
        }

        return Shifted(new Scaled(y, x.Exponent + squares.Exponent), node);
    }

    private void PullConvolution(Conv2dNode node, Scaled delta)
    {
        var (x, weight) = (NonNegative(node.Input(0)), node.Input(1));
        var geometry = node.Geometry;
        if (node.InputCount == 3)
        {
            using var share = delta.Values.Reshape([geometry.Batch, geometry.OutputChannels, geometry.OutputPixels]).Sum(2).Sum(0);
            _sink!.Add(node.Input(2), Scaled.Of(share, delta.Exponent));
        }

        _sink!.AddRows(weight, WeightShares(geometry, x.Values, delta.Values), delta.Exponent + x.Exponent);
        if (!Needs(node.Input(0)))
            return;
        var atX = Tensor.Uninitialized(x.Values.Shape, DataType.Float64);
        var squares = new Squares(weight);
        foreach (var block in ChannelBlock.Of(geometry))
        {
            using var square = squares.Rows(block.First, block.Channels);
            using var channels = block.Of(delta.Values);
            channels.Backend.ConvolutionGradients(block.Geometry, null, square, channels, new GradientTarget(atX, block.First > 0), default, default);
        }

        AddTo(node.Input(0), WithSigns(node.Input(0), Scaled.Of(atX, delta.Exponent + squares.Exponent)));
    }

    /// <summary>The gradient at a convolution's squared weight, a block of output channels at a time, each valid until the next.</summary>
    private static IEnumerable<Tensor> WeightShares(ConvolutionGeometry geometry, Tensor x, Tensor delta)
    {
        foreach (var block in ChannelBlock.Of(geometry))
        {
            using var channels = block.Of(delta);
            using var share = Tensor.Uninitialized([block.Channels, geometry.PatchLength], DataType.Float64);
            channels.Backend.ConvolutionGradients(block.Geometry, x, null, channels, default, new GradientTarget(share, false), default);
            yield return share;
        }
    }

    /// <summary>Adds the squared bias.</summary>
    private static Scaled Shifted(Scaled y, ActivatedNode node)
    {
        y = Scaled.Of(y.Values, y.Exponent);
        if (node.InputCount < 3)
            return y;
        var bias = Squares.Of(node.Input(2));
        var shape = y.Values.Shape;
        var row = bias with { Values = bias.Values.Reshape(shape.Rank == 2 ? [1, shape[1]] : [1, shape[1], 1, 1]) };
        return y + row;
    }

    private Scaled Normalization(BatchNormNode node)
    {
        var (factors, offsets) = Coefficients(node, out var x);
        return Scaled.Of(PerChannel(x.Values, factors, offsets), x.Exponent);
    }

    /// <summary>y = weight^2 r^2 (x + mean^2) + bias^2 for each channel, under the exponent of x, which is raised where the mean or the bias need it.</summary>
    private (double[] Factors, double[] Offsets) Coefficients(BatchNormNode node, out Scaled x)
    {
        x = NonNegative(node.Input(0));
        var input = x;
        double[] mean = node.Statistics.Mean.ToArray<double>(), r = node.Statistics.R.ToArray<double>();
        int channels = mean.Length;
        bool parameters = node.InputCount == 3;
        double largest = mean.Select(Math.Abs).Concat(parameters ? Values(node.Input(2)).Select(Math.Abs) : []).DefaultIfEmpty(0).Max();
        if (largest > 0 && (2 * Math.ILogB(largest)) - x.Exponent > 200)
            x = new Scaled(x.At(2 * Math.ILogB(largest)), 2 * Math.ILogB(largest));
        int exponent = x.Exponent;
        double[] weights = parameters ? Values(
            node.Input(1)) : [.. Enumerable.Repeat(1.0, channels)], biases = parameters ? Values(node.Input(2)) : new double[channels];
        double[] factors = [.. weights.Select((weight, c) => weight * r[c] * weight * r[c])];
        double[] offsets = [.. factors.Select((factor, c) => (factor * Shrunk(mean[c], exponent)) + Shrunk(biases[c], exponent))];
        return (factors, offsets);
    }

    private void PullNormalization(BatchNormNode node, Scaled delta)
    {
        var (factors, _) = Coefficients(node, out var x);
        int channels = factors.Length;
        if (node.InputCount == 3)
        {
            int inner = x.Values.Count / x.Values.Shape[0] / channels;
            Shape planes = [x.Values.Shape[0], channels, inner];
            using var sums = delta.Values.Reshape(planes).Sum(2).Sum(0);
            _sink!.Add(node.Input(2), Scaled.Of(sums.Clone(), delta.Exponent));
            using var products = (delta.Values * x.Values).Reshape(planes).Sum(2).Sum(0);
            double[] mean = node.Statistics.Mean.ToArray<double>(), r = node.Statistics.R.ToArray<double>();
            for (int c = 0; c < channels; c++)
            {
                ref double product = ref products.WritableValues<double>()[c];
                product = r[c] * r[c] * (product + (sums.ReadOnlyValues<double>()[c] * Shrunk(mean[c], x.Exponent)));
            }

            _sink.Add(node.Input(1), Scaled.Of(products, delta.Exponent + x.Exponent));
        }

        if (Needs(node.Input(0)))
            AddTo(node.Input(0), WithSigns(node.Input(0), Scaled.Of(PerChannel(delta.Values, factors, new double[channels]), delta.Exponent)));
    }

    /// <summary>value^2 2^-exponent.</summary>
    private static double Shrunk(double value, int exponent)
    {
        double scaled = Math.ScaleB(value, -exponent / 2);
        return exponent % 2 == 0 ? scaled * scaled : Math.ScaleB(scaled * scaled, -(exponent % 2));
    }

    private static Tensor PerChannel(Tensor x, double[] factors, double[] offsets)
    {
        var y = Tensor.Uninitialized(x.Shape, DataType.Float64);
        using var factor = Tensor.From(factors);
        using var offset = Tensor.From(offsets);
        y.Backend.ChannelCombine([new(x, factor)], offset, x.Shape[0], factors.Length, x.Count / x.Shape[0] / factors.Length, y, accumulate: false);
        return y;
    }

    private static double[] Values(Tensor tensor) => [.. Enumerable.Range(0, tensor.Count).Select(tensor.ElementAsDouble)];

    /// <summary>The value of a tensor with signs dropped, which only a negation without a ReLU behind it leaves.</summary>
    private Scaled NonNegative(Tensor tensor)
    {
        var value = ValueOf(tensor);
        return IsNonNegative(value) ? value : value with { Values = value.Values.Abs() };
    }

    private Scaled WithSigns(Tensor tensor, Scaled share)
    {
        var value = ValueOf(tensor);
        if (IsNonNegative(value))
            return share;
        var from = value.Values.ReadOnlyValues<double>();
        var to = share.Values.WritableValues<double>();
        for (int i = 0; i < to.Length; i++)
            to[i] = from[i] < 0 ? -to[i] : to[i];
        return share;
    }

    private static bool IsNonNegative(Scaled value) => value.Values.ReadOnlyValues<double>().IndexOfAnyInRange(double.NegativeInfinity, -double.Epsilon) < 0;
}
