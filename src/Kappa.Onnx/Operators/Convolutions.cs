using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>Convolutions over one or two axes.</summary>
internal static class Convolutions
{
    internal static void AddTo(Dictionary<string, Func<NodeReader, Operator>> all) => all.Add("Conv", Convolution);

    private static Operator Convolution(NodeReader node)
    {
        _ = node.Takes(2, 3);
        var padding = new Padding(node);
        int groups = node.Small("group", 1);
        var activation = node.Fused;
        return call =>
        {
            var (x, weight) = (call.Tensor(0), call.Tensor(1));
            var bias = call.Has(2) ? call.Tensor(2) : null;
            if (x.Rank is not (3 or 4) || weight.Rank != x.Rank)
                throw new TensorShapeException($"expected an input [batch, channels, height, width] or [batch, channels, length]; got {x.Shape} and "
                    + $"{weight.Shape}");
            int axes = x.Rank - 2;
            if (padding.Kernel is { } kernel && !kernel.SequenceEqual(weight.Shape.ToArray()[2..]))
                throw new TensorShapeException($"its kernel_shape is [{string.Join(", ", kernel)}]; the weight is {weight.Shape}");
            int stride = padding.Same(padding.Strides, "strides", axes), dilation = padding.Same(padding.Dilations, "dilations", axes);
            var pads = new (int Before, int After)[axes];
            for (int axis = 0; axis < axes; axis++)
                pads[axis] = padding.Of(axis, axes, x.Shape[axis + 2], Window(weight, axis, dilation), stride);
            if (axes == 1)
            {
                // As a picture of one row. Its padding would pad the rows as well.
                var row = Padded(x, pads, 0).Reshape([x.Shape[0], x.Shape[1], 1, x.Shape[2] + pads[0].Before + pads[0].After]);
                var kernels = weight.Reshape([weight.Shape[0], weight.Shape[1], 1, weight.Shape[2]]);
                var y = row.Conv2d(kernels, bias, stride, 0, dilation, groups, activation);
                return [new Numbers(y.Reshape([y.Shape[0], y.Shape[1], y.Shape[3]]))];
            }

            bool isSymmetric = pads[0].Before == pads[1].Before
                && Enumerable.Range(0, axes).All(axis => Padding.IsSymmetric(
                    x.Shape[axis + 2], pads[axis].Before, pads[axis].After, Window(weight, axis, dilation), stride));
            return [new Numbers(isSymmetric
                ? x.Conv2d(weight, bias, stride, pads[0].Before, dilation, groups, activation)
                : Padded(x, pads, 0).Conv2d(weight, bias, stride, 0, dilation, groups, activation))];
        };
    }

    /// <summary>Pads the axes of an image.</summary>
    internal static Tensor Padded(Tensor x, (int Before, int After)[] pads, double value) =>
        pads.All(pad => pad == (0, 0)) ? x : x.Pad([(0, 0), (0, 0), .. pads], value);

    private static int Window(Tensor weight, int axis, int dilation) => (dilation * (weight.Shape[axis + 2] - 1)) + 1;
}
