using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Operations;

/// <summary>The checks of operations that slide a window over images [batch, channels, height, width].</summary>
internal static class Windows
{
    internal static ConvolutionGeometry Convolution(Tensor x, Tensor weight, Tensor? bias, int stride, int padding, int dilation, int groups)
    {
        const string Operation = "Conv2d";
        Operands.RequireSameFloating(x, weight, Operation);
        RequireImages(x, Operation);
        RequireWindow(Operation, stride, padding, dilation);
        string named = weight.Name is null ? "" : $" ({weight.Name})";
        if (weight.Rank != 4)
            throw new TensorShapeException($"{Operation}: the weight must be [out, in / groups, kernel height, kernel width]; got {weight.Shape}{named}");
        if (groups < 1 || x.Shape[1] % groups != 0 || weight.Shape[0] % groups != 0)
            throw new TensorShapeException($"{Operation}: {groups} groups do not divide {x.Shape[1]} input and {weight.Shape[0]} output channels evenly");
        if (x.Shape[1] / groups != weight.Shape[1])
        {
            throw new TensorShapeException(
                $"{Operation}: the input {x.Shape} has {x.Shape[1]} channels; the weight {weight.Shape}{named} takes "
                + $"{weight.Shape[1]}{(groups == 1 ? "" : $" in each of {groups} groups")}");
        }

        if (bias is not null)
        {
            Operands.RequireSameFloating(x, bias, Operation);
            if (bias.Rank != 1 || bias.Shape[0] != weight.Shape[0])
                throw new TensorShapeException($"{Operation}: the bias must be [{weight.Shape[0]}] for the weight {weight.Shape}; got {bias.Shape}");
        }

        RequireRange(Operation, x, padding);
        var geometry = new ConvolutionGeometry(
            x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], weight.Shape[0], weight.Shape[2], weight.Shape[3], stride, padding, dilation, groups);
        if (weight.Shape[2] < 1 || weight.Shape[3] < 1 || geometry.OutputHeight < 1 || geometry.OutputWidth < 1)
        {
            throw new TensorShapeException(
                $"{Operation}: no window of {weight.Shape[2]} x {weight.Shape[3]} with dilation {dilation} fits into the input {x.Shape} with padding "
                + $"{padding}");
        }
        return geometry;
    }

    internal static PoolingGeometry Pooling(string operation, Tensor x, int kernel, int stride, int padding)
    {
        RequireImages(x, operation);
        RequireWindow(operation, stride, padding, 1);
        if (kernel < 1 || padding > kernel / 2)
        {
            throw new TensorShapeException(
                $"{operation}: the window is 1 or more and the padding at most half of it, so that each window sees the image; got window {kernel}, padding "
                + $"{padding}");
        }

        RequireRange(operation, x, padding);
        var geometry = new PoolingGeometry(x.Shape[0] * x.Shape[1], x.Shape[2], x.Shape[3], kernel, stride, padding);
        if (geometry.OutputHeight < 1 || geometry.OutputWidth < 1 || x.Shape[2] < 1 || x.Shape[3] < 1)
            throw new TensorShapeException($"{operation}: no window of {kernel} x {kernel} fits into the input {x.Shape} with padding {padding}");
        return geometry;
    }

    /// <summary>Positions in the padded image are counted as ints.</summary>
    private static void RequireRange(string operation, Tensor x, int padding)
    {
        if (Math.Max(x.Shape[2], x.Shape[3]) + (2L * padding) > int.MaxValue)
        {
            throw new TensorShapeException(
                $"{operation}: padded by {padding} the input {x.Shape} would be more than {int.MaxValue} pixels high or wide. Pad less");
        }
    }

    internal static void RequireImages(Tensor x, string operation)
    {
        Operands.RequireFloating(x, operation);
        if (x.Rank != 4)
            throw new TensorShapeException($"{operation}: expected an input [batch, channels, height, width]; got {x.Shape}");
    }

    internal static void RequireWindow(string operation, int stride, int padding, int dilation)
    {
        if (stride < 1 || dilation < 1 || padding < 0)
        {
            throw new TensorShapeException(
                $"{operation}: the stride and dilation are 1 or more and the padding 0 or more; got stride {stride}, padding {padding}, dilation {dilation}");
        }
    }
}
