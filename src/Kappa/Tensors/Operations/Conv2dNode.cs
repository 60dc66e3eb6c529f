using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>f(x * W + b): convolution, bias and activation in one operation.</summary>
internal sealed class Conv2dNode(ConvolutionGeometry geometry, Tensor x, Tensor weight, Tensor? bias, UnaryKernel activation, Tensor beforeActivation, Tensor y) : GraphNode(x, weight, bias)
{
    private static readonly GradientTarget Nowhere = new(null, false);

    internal override string Name => activation == UnaryKernel.Identity ? "Conv2d" : $"Conv2d+{activation}";

    internal static Tensor Apply(Tensor x, Tensor weight, Tensor? bias, int stride, int padding, int dilation, int groups, UnaryKernel activation)
    {
        ArgumentNullException.ThrowIfNull(weight);
        var geometry = Windows.Convolution(x, weight, bias, stride, padding, dilation, groups);
        var y = Tensor.Uninitialized(geometry.OutputShape, x.DataType);
        bool record = Recording.Needed(x, weight, bias);
        bool needsInput = activation is UnaryKernel.Gelu or UnaryKernel.Silu;
        var before = record && needsInput ? Tensor.Uninitialized(y.Shape, y.DataType) : null;
        Backend.Current.Convolution(geometry, x, weight, bias, activation, before, y, accumulate: false);
        if (record)
            y.RecordedBy(new Conv2dNode(geometry, x, weight, bias, activation, before ?? y, y));
        return y;
    }

    internal override void Backward(Tensor gradient, BackwardPass pass)
    {
        if (activation == UnaryKernel.Identity)
        {
            Differentiate(gradient, pass);
            return;
        }

        using var atProduct = Tensor.Uninitialized(gradient.Shape, gradient.DataType);
        Backend.Current.UnaryDerivative(activation, beforeActivation, y, gradient, atProduct);
        Differentiate(atProduct, pass);
    }

    internal override Tensor? PushForward(TangentPass pass)
    {
        // d(x * W + b) = dx * W + x * dW + db, then times f'.
        var (x, weight) = (Input(0), Input(1));
        var (dx, dWeight) = (pass.Of(x), pass.Of(weight));
        var result = pass.New(y);
        bool accumulate = dx is not null;
        if (dx is not null)
            Backend.Current.Convolution(Wide(pass), dx, weight, null, UnaryKernel.Identity, null, result, accumulate: false);
        for (int i = 0; dWeight is not null && i < pass.Count; i++)
        {
            using var tangent = dWeight.Entry(i);
            using var to = result.Entry(i);
            Backend.Current.Convolution(geometry, x, tangent, null, UnaryKernel.Identity, null, to, accumulate);
        }

        accumulate |= dWeight is not null;
        if (InputCount == 3 && pass.Of(Input(2)) is { } dBias)
        {
            if (!accumulate)
                result.Bytes.Clear();
            using var biases = dBias.Alias([pass.Count, 1, geometry.OutputChannels, 1]);
            using var images = result.Alias([pass.Count, geometry.Batch, geometry.OutputChannels, geometry.OutputPixels]);
            Backend.Current.Binary(BinaryKernel.Add, images, biases, images);
        }

        if (activation == UnaryKernel.Identity)
            return result;
        if (!activation.IsCurved())
        {
            Slopes(result, result, pass);
            return result;
        }

        var activated = pass.New(y);
        Slopes(result, activated, pass);
        pass.Keep(this, result);
        return activated;
    }

    internal override void BackwardTangent(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
    {
        if (activation == UnaryKernel.Identity)
        {
            Differentiate(gradient, gradientTangent, pass);
            return;
        }

        // At the product: A = G f'(z), and dA = dG f'(z) + G f''(z) dz.
        using var atProduct = gradient is null ? null : Tensor.Uninitialized(y.Shape, y.DataType);
        if (gradient is not null)
            Backend.Current.UnaryDerivative(activation, beforeActivation, y, gradient, atProduct!);
        var kept = pass.Kept(this);
        using var tangent = gradientTangent is null && kept is null ? null : pass.New(y);
        if (gradientTangent is not null)
            Slopes(gradientTangent, tangent!, pass);
        if (kept is not null)
            Curvature.AddTo(activation, beforeActivation, y, gradient!, kept, tangent!, accumulate: gradientTangent is not null);
        Differentiate(atProduct, tangent, pass);
    }

    private void Differentiate(Tensor gradient, BackwardPass pass)
    {
        var (x, weight) = (Input(0), Input(1));
        var toBias = InputCount == 3 && pass.Needs(Input(2)) ? new GradientTarget(pass.Destination(Input(2), out bool addToBias), addToBias) : Nowhere;
        var toWeight = pass.Needs(weight) && !pass.IsTakenOver(weight, new ConvolutionUse(geometry, x, gradient)) ? new GradientTarget(pass.Destination(weight, out bool addToWeight), addToWeight) : Nowhere;
        var toX = pass.Needs(x) ? new GradientTarget(pass.Destination(x, out bool addToX), addToX) : Nowhere;
        if (toBias.Tensor is not null || toWeight.Tensor is not null || toX.Tensor is not null)
            Gradients(x, weight, gradient, toX, toWeight, toBias);
    }

    private void Differentiate(Tensor? gradient, Tensor? gradientTangent, TangentPass pass)
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
                tangentOfX, tangentOfWeight, gradient!, tangentOfWeight is null ? Nowhere : new(toX, addToX || second), tangentOfX is null ? Nowhere : new(toWeight, addToWeight || second), Nowhere);
        }
    }

    private void Gradients(Tensor? x, Tensor? weight, Tensor gradient, GradientTarget toX, GradientTarget toWeight, GradientTarget toBias)
    {
        if (Input(0) != Input(1))
        {
            Backend.Current.ConvolutionGradients(geometry, x, weight, gradient, toX, toWeight, toBias);
            return;
        }

        // One destination: written by the first, added to by the second.
        if (toWeight.Tensor is not null || toBias.Tensor is not null)
            Backend.Current.ConvolutionGradients(geometry, x, weight, gradient, Nowhere, toWeight, toBias);
        if (toX.Tensor is not null)
            Backend.Current.ConvolutionGradients(geometry, x, weight, gradient, toX, Nowhere, Nowhere);
    }

    private ConvolutionGeometry Wide(TangentPass pass) => geometry with { Batch = pass.Count * geometry.Batch };

    /// <summary>f'(z) times each of K tensors; the result may be the same memory.</summary>
    private void Slopes(Tensor tangents, Tensor result, TangentPass pass)
    {
        for (int i = 0; i < pass.Count; i++)
        {
            using var from = tangents.Entry(i);
            using var to = result.Entry(i);
            Backend.Current.UnaryDerivative(activation, beforeActivation, y, from, to);
        }
    }
}
