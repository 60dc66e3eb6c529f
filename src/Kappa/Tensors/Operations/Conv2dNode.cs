using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>f(x * W + b): convolution, bias and activation in one operation.</summary>
internal sealed class Conv2dNode(
    ConvolutionGeometry geometry, Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor beforeActivation, Tensor y)
    : ActivatedNode("Conv2d", x, weight, bias, activation, beforeActivation, y)
{
    private static readonly GradientTarget Nowhere = new(null, false);

    internal ConvolutionGeometry Geometry => geometry;

    internal static Tensor Apply(Tensor x, Tensor weight, Tensor? bias, int stride, int padding, int dilation, int groups, UnaryKernel activation)
    {
        ArgumentNullException.ThrowIfNull(weight);
        var geometry = Windows.Convolution(x, weight, bias, stride, padding, dilation, groups);
        if (!Recording.Needed(x, weight, bias))
            return Infer(geometry, x, weight, bias, null, activation);
        var y = x.New(geometry.OutputShape);
        var before = activation.KeepsInputWhenFused() ? y.New(y.Shape) : null;
        y.Backend.Convolution(geometry, x, weight, bias, activation, before, y, accumulate: false);
        y.RecordedBy(new Conv2dNode(geometry, x, weight, bias, activation, before ?? y, y));
        return y;
    }

    /// <summary>A convolution with the batch normalisation and the activation behind it, which is not recorded.</summary>
    internal static Tensor Infer(
        Tensor x, Tensor weight, Tensor? bias, int stride, int padding, int dilation, int groups, ChannelNormalization normalization, UnaryKernel activation)
    {
        var geometry = Windows.Convolution(x, weight, bias, stride, padding, dilation, groups);
        if (normalization.Factors.Count != geometry.OutputChannels)
        {
            throw new TensorShapeException(
                $"BatchNorm: it has statistics of {normalization.Factors.Count} channels; the weight {weight.Shape} makes {geometry.OutputChannels}");
        }

        return Infer(geometry, x, weight, bias, normalization, activation);
    }

    private static Tensor Infer(
        in ConvolutionGeometry geometry, Tensor x, Tensor weight, Tensor? bias, ChannelNormalization? normalization, UnaryKernel activation)
    {
        var y = x.New(geometry.OutputShape);
        y.Backend.InferConvolution(geometry, x, weight, bias, normalization, activation, y);
        return y;
    }

    protected override Tensor PushToActivation(TangentPass pass)
    {
        // d(x * W + b) = dx * W + x * dW + db.
        var (x, weight) = (Input(0), Input(1));
        var (dx, dWeight) = (pass.Of(x), pass.Of(weight));
        var result = pass.New(Output);
        bool accumulate = dx is not null;
        if (dx is not null)
            result.Backend.Convolution(Wide(pass), dx, weight, null, UnaryKernel.Identity, null, result, accumulate: false);
        for (int i = 0; dWeight is not null && i < pass.Count; i++)
        {
            using var tangent = dWeight.Entry(i);
            using var to = result.Entry(i);
            to.Backend.Convolution(geometry, x, tangent, null, UnaryKernel.Identity, null, to, accumulate);
        }

        accumulate |= dWeight is not null;
        if (InputCount == 3 && pass.Of(Input(2)) is { } dBias)
        {
            if (!accumulate)
                result.Clear();
            using var biases = dBias.Alias([pass.Count, 1, geometry.OutputChannels, 1]);
            using var images = result.Alias([pass.Count, geometry.Batch, geometry.OutputChannels, geometry.OutputPixels]);
            images.Backend.Binary(BinaryKernel.Add, images, biases, images);
        }

        return result;
    }

    protected override void Differentiate(Tensor gradient, BackwardPass pass)
    {
        var (x, weight) = (Input(0), Input(1));
        var toBias = InputCount == 3 && pass.Needs(Input(2)) ? new GradientTarget(pass.Destination(Input(2), out bool addToBias), addToBias) : Nowhere;
        var toWeight = pass.Needs(weight) && !pass.IsTakenOver(weight, geometry, x, gradient)
            ? new GradientTarget(pass.Destination(weight, out bool addToWeight), addToWeight)
            : Nowhere;
        var toX = pass.Needs(x) ? new GradientTarget(pass.Destination(x, out bool addToX), addToX) : Nowhere;
        if (toBias.Tensor is not null || toWeight.Tensor is not null || toX.Tensor is not null)
            Gradients(x, weight, gradient, toX, toWeight, toBias);
    }

    protected override void Differentiate(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        var (x, weight) = (Input(0), Input(1));
        var (dx, dWeight) = (pass.Of(x), pass.Of(weight));
        bool needsBias = InputCount == 3 && pass.Needs(Input(2)) && gradientTangent is not null;
        bool needsWeight = pass.Needs(weight) && (gradientTangent is not null || dx is not null);
        bool needsX = pass.Needs(x) && (gradientTangent is not null || dWeight is not null);
        bool addToBias = false, addToWeight = false, addToX = false;
        var atBias = needsBias ? pass.Destination(Input(2), out addToBias) : null;
        var atWeight = needsWeight ? pass.Destination(weight, out addToWeight) : null;
        var atX = needsX ? pass.Destination(x, out addToX) : null;
        for (int i = 0; (needsBias || needsWeight || needsX) && i < pass.Count; i++)
        {
            using var toBias = atBias?.Entry(i);
            using var toWeight = atWeight?.Entry(i);
            using var toX = atX?.Entry(i);
            using var from = gradientTangent?.Entry(i);
            bool second = from is not null;
            if (from is not null)
                Gradients(x, weight, from, new(toX, addToX), new(toWeight, addToWeight), new(toBias, addToBias));
            using var tangentOfX = dx?.Entry(i);
            using var tangentOfWeight = dWeight?.Entry(i);
            if (tangentOfX is null && tangentOfWeight is null)
                continue;
            Gradients(
                tangentOfX, tangentOfWeight, gradient!, tangentOfWeight is null ? Nowhere : new(toX, addToX || second),
                tangentOfX is null ? Nowhere : new(toWeight, addToWeight || second), Nowhere);
        }
    }

    private void Gradients(Tensor? x, Tensor? weight, Tensor gradient, GradientTarget toX, GradientTarget toWeight, GradientTarget toBias)
    {
        if (Input(0) != Input(1))
        {
            gradient.Backend.ConvolutionGradients(geometry, x, weight, gradient, toX, toWeight, toBias);
            return;
        }

        // One destination: written by the first, added to by the second.
        if (toWeight.Tensor is not null || toBias.Tensor is not null)
            gradient.Backend.ConvolutionGradients(geometry, x, weight, gradient, Nowhere, toWeight, toBias);
        if (toX.Tensor is not null)
            gradient.Backend.ConvolutionGradients(geometry, x, weight, gradient, toX, Nowhere, Nowhere);
    }

    private ConvolutionGeometry Wide(TangentPass pass) => geometry with { Batch = pass.Count * geometry.Batch };
}
