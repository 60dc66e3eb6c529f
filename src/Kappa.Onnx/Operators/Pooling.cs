using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>Maxima and means of windows, and of whole images.</summary>
internal static class Pooling
{
    internal static void AddTo(Dictionary<string, Func<NodeReader, Operator>> all)
    {
        all.Add("MaxPool", node => Pool(node.Gives(1).Ignores("storage_order"), isMean: false));
        all.Add("AveragePool", node => Pool(node, isMean: true));
        all.Add("GlobalAveragePool", node => Global(node, (x, axis) => x.Mean(axis, keepAxis: true)));
        all.Add("GlobalMaxPool", node => Global(node, (x, axis) => x.Max(axis, keepAxis: true)));
    }

    private static Operator Pool(NodeReader node, bool isMean)
    {
        _ = node.Takes(1, 1);
        bool countsPadding = isMean && node.Flag("count_include_pad", false);
        var padding = new Padding(node);
        int[] kernel = padding.Kernel ?? throw node.Fault("it has no kernel_shape");
        if (kernel.Length != 2)
            throw node.Fault($"its kernel_shape has {kernel.Length} lengths; expected those of a picture, height and width");
        int stride = padding.Same(padding.Strides, "strides", 2);
        int dilation = padding.Same(padding.Dilations, "dilations", 2);
        if (dilation != 1)
            throw node.Fault($"its dilations are {dilation}; the engine pools neighbours alone");
        if (padding.IsCeiling && countsPadding)
            throw node.Fault("ceil_mode with count_include_pad has two meanings among programs; Kappa takes one of them at a time");
        return call =>
        {
            var x = call.Tensor(0);
            if (x.Rank != 4)
                throw new TensorShapeException($"expected an input [batch, channels, height, width]; got {x.Shape}");
            var pads = new (int Before, int After)[2];
            for (int axis = 0; axis < 2; axis++)
                pads[axis] = padding.Of(axis, 2, x.Shape[axis + 2], kernel[axis], stride);
            if (kernel[0] != kernel[1])
                return [new Numbers(WholeImage(x, kernel, pads, isMean))];
            return [new Numbers(isMean ? Means(x, kernel[0], stride, pads, countsPadding) : Maxima(x, kernel[0], stride, pads))];
        };
    }

    private static Tensor Maxima(Tensor x, int kernel, int stride, (int Before, int After)[] pads) => IsEven(x, kernel, stride, pads)
        ? x.MaxPool2d(kernel, stride, pads[0].Before)
        : Convolutions.Padded(x, pads, x.DataType == DataType.Float32 ? float.MinValue : double.MinValue).MaxPool2d(kernel, stride);

    private static Tensor Means(Tensor x, int kernel, int stride, (int Before, int After)[] pads, bool countsPadding)
    {
        bool isEven = IsEven(x, kernel, stride, pads);
        Tensor Mean(Tensor from) => isEven ? from.AvgPool2d(kernel, stride, pads[0].Before) : Convolutions.Padded(from, pads, 0).AvgPool2d(kernel, stride);
        var means = Mean(x);
        if (countsPadding || pads.All(pad => pad == (0, 0)))
            return means;
        // The share of each window that lies within the image.
        return means / Mean(Tensor.Ones([1, 1, x.Shape[2], x.Shape[3]], x.DataType));
    }

    private static Tensor WholeImage(Tensor x, int[] kernel, (int Before, int After)[] pads, bool isMean)
    {
        if (kernel[0] != x.Shape[2] || kernel[1] != x.Shape[3] || pads.Any(pad => pad != (0, 0)))
        {
            throw new TensorShapeException(
                $"its kernel_shape is [{string.Join(", ", kernel)}]; the engine takes square windows, or one over the whole image, and the image is {x.Shape}");
        }

        return isMean ? x.Mean(3, keepAxis: true).Mean(2, keepAxis: true) : x.Max(3, keepAxis: true).Max(2, keepAxis: true);
    }

    private static bool IsEven(Tensor x, int kernel, int stride, (int Before, int After)[] pads) =>
        pads[0].Before == pads[1].Before && pads[0].Before <= kernel / 2
        && Enumerable.Range(0, 2).All(axis => Padding.IsSymmetric(x.Shape[axis + 2], pads[axis].Before, pads[axis].After, kernel, stride));

    private static Operator Global(NodeReader node, Func<Tensor, int, Tensor> reduce)
    {
        _ = node.Takes(1, 1);
        return call =>
        {
            var x = call.Tensor(0);
            if (x.Rank < 3)
                throw new TensorShapeException($"expected an input [batch, channels, ...]; got {x.Shape}");
            var flat = x.Rank == 3 ? x : x.Reshape([x.Shape[0], x.Shape[1], x.Count / Math.Max(1, x.Shape[0] * x.Shape[1])]);
            return [new Numbers(reduce(flat, 2).Reshape([x.Shape[0], x.Shape[1], .. Enumerable.Repeat(1, x.Rank - 2)]))];
        };
    }
}
