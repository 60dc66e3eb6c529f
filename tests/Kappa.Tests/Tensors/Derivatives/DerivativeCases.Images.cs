using Kappa.Tensors;
using Kappa.Tensors.Operations;

namespace Kappa.Tests.Tensors.Derivatives;

/// <content>Operations on images.</content>
public static partial class DerivativeCases
{
    private static (Shape X, Shape Weight, int Stride, int Padding, int Dilation, int Groups)[] ConvolutionSizes =>
    [
        ([2, 3, 5, 4], [4, 3, 3, 3], 1, 1, 1, 1), ([2, 1, 4, 4], [3, 1, 3, 3], 1, 1, 1, 1), ([1, 2, 5, 5], [2, 2, 3, 3], 2, 1, 1, 1),
            ([2, 2, 6, 5], [3, 2, 2, 3], 1, 0, 1, 1),
        ([1, 2, 7, 6], [2, 2, 3, 2], 1, 2, 2, 1), ([2, 4, 4, 4], [6, 2, 3, 3], 1, 1, 1, 2), ([1, 3, 5, 5], [3, 1, 3, 3], 2, 1, 1, 3),
            ([2, 3, 3, 2], [5, 3, 1, 1], 1, 0, 1, 1),
        ([1, 4, 3, 3], [2, 2, 1, 1], 1, 0, 1, 2), ([2, 3, 4, 5], [2, 3, 1, 1], 2, 0, 1, 1), ([1, 1, 1, 1], [1, 1, 1, 1], 1, 0, 1, 1),
            ([1, 2, 2, 2], [2, 2, 4, 4], 1, 3, 1, 1),
        ([0, 2, 3, 3], [2, 2, 3, 3], 1, 1, 1, 1), ([3, 2, 3, 3], [2, 2, 3, 3], 3, 4, 2, 1),
    ];

    private static IEnumerable<DerivativeCase> Convolutions()
    {
        foreach (var (shape, weight, stride, padding, dilation, groups) in ConvolutionSizes)
        {
            string name = $"Conv2d {shape} {weight} stride {stride} padding {padding} dilation {dilation} groups {groups}";
            yield return new(name, nameof(Tensor.Conv2d), [shape, weight, [weight[0]]], x => x[0].Conv2d(x[1], x[2], stride, padding, dilation, groups))
            {
                Decomposition = x => UnfoldedConvolution(x[0], x[1], x[2], stride, padding, dilation, groups),
            };
            yield return new($"{name} without bias", nameof(Tensor.Conv2d), [shape, weight], x => x[0].Conv2d(x[1], null, stride, padding, dilation, groups))
            {
                Decomposition = x => UnfoldedConvolution(x[0], x[1], null, stride, padding, dilation, groups),
            };
        }

        foreach (var activation in Enum.GetValues<Activation>())
        {
            yield return new($"Conv2d {activation}", nameof(Tensor.Conv2d), [[2, 2, 3, 4], [3, 2, 3, 3], [3]],
                x => x[0].Conv2d(x[1], x[2], padding: 1, activation: activation))
            {
                Decomposition = x => Activate(UnfoldedConvolution(x[0], x[1], x[2], 1, 1, 1, 1), activation),
            };
        }

        yield return new(
            "Conv2d of its own weight", nameof(Tensor.Conv2d), [[2, 2, 3, 3]], x => x[0].Conv2d(x[0], null, padding: 1, activation: Activation.Tanh));
    }

    private static IEnumerable<DerivativeCase> Pooling()
    {
        foreach (var (shape, kernel, stride, padding) in ((Shape, int, int, int)[])[([2, 2, 4, 6], 2, 0, 0), ([1, 3, 5, 5], 3, 2, 1), ([2, 1, 5, 4], 2, 1, 1),
            ([1, 2, 5, 7], 2, 3, 0), ([2, 2, 1, 1], 1, 0, 0), ([0, 2, 4, 4], 2, 2, 0)])
        {
            yield return new($"MaxPool2d {shape} {kernel} {stride} {padding}", nameof(Tensor.MaxPool2d), [shape],
                x => x[0].MaxPool2d(kernel, stride, padding)) { Domain = Domain.Distinct };
            yield return new($"AvgPool2d {shape} {kernel} {stride} {padding}", nameof(Tensor.AvgPool2d), [shape], x => x[0].AvgPool2d(kernel, stride, padding))
            {
                Decomposition = x => AverageAsConvolution(x[0], kernel, stride == 0 ? kernel : stride, padding),
            };
            yield return new($"GlobalAvgPool2d {shape}", nameof(Tensor.GlobalAvgPool2d), [shape], x => x[0].GlobalAvgPool2d())
            {
                Decomposition = x => x[0].Mean(3).Mean(2),
            };
        }

        yield return new("MaxPool2d of a product", nameof(Tensor.MaxPool2d), [[1, 2, 4, 4]], x => (2.0 * x[0]).MaxPool2d(3, 1)) { Domain = Domain.Distinct };
    }

    private static IEnumerable<DerivativeCase> Channels()
    {
        foreach (Shape shape in (Shape[])[[4, 3], [3, 2, 2, 3], [1, 2, 2, 2], [2, 3, 17], [5, 1, 1, 1]])
        {
            Shape channels = [shape[1]];
            yield return new($"BatchNorm {shape}", nameof(Tensor.BatchNorm), [shape, channels, channels], x => x[0].BatchNorm(x[1], x[2], 0.1))
            {
                Decomposition = x => PlainBatchNorm(x[0], x[1], x[2], 0.1),
            };
            yield return new($"BatchNorm {shape} without parameters", nameof(Tensor.BatchNorm), [shape], x => x[0].BatchNorm(null, null, 0.1))
            {
                Decomposition = x => PlainBatchNorm(x[0], null, null, 0.1),
            };
            yield return new(
                $"BatchNorm {shape} by given statistics", nameof(Tensor.BatchNorm), [shape, channels, channels], x => GivenBatchNorm(x[0], x[1], x[2]))
            {
                Decomposition = x => ((x[0] - 0.25) * (1 / Math.Sqrt(2.1)) * AsChannels(x[1], shape)) + AsChannels(x[2], shape),
            };
        }

        yield return new("BatchNorm of a product", nameof(Tensor.BatchNorm), [[3, 2, 2, 2], [2], [2]], x => (2.0 * x[0]).BatchNorm(x[1], 3.0 * x[2]));
        foreach (var (shape, group) in ((Shape, int)[])[([2, 6], 3), ([3, 4, 2, 2], 2), ([2, 4, 3], 4), ([2, 3], 1), ([0, 4], 2)])
            yield return new($"GroupSort {shape} {group}", nameof(Tensor.GroupSort), [shape], x => x[0].GroupSort(group)) { Domain = Domain.Distinct };
        yield return new("MaxMin", nameof(Tensor.MaxMin), [[3, 4, 2]], x => x[0].MaxMin()) { Domain = Domain.Distinct };
    }

    private static Tensor AsChannels(Tensor x, Shape shape) => x.Reshape([x.Count, .. Enumerable.Repeat(1, shape.Rank - 2)]);

    private static Tensor PlainBatchNorm(Tensor x, Tensor? weight, Tensor? bias, double epsilon)
    {
        Tensor MeanOf(Tensor values) => values.Reshape([x.Shape[0], x.Shape[1], values.Count / x.Shape[0] / x.Shape[1]]).Mean(2).Mean(0);
        var centered = x - AsChannels(MeanOf(x), x.Shape);
        var y = centered / AsChannels((MeanOf(centered.Square()) + epsilon).Sqrt(), x.Shape);
        return weight is null ? y : (y * AsChannels(weight, x.Shape)) + AsChannels(bias!, x.Shape);
    }

    private static Tensor GivenBatchNorm(Tensor x, Tensor weight, Tensor bias) =>
        BatchNormNode.Apply(
            x, weight, bias, Tensor.Full([x.Shape[1]], 0.25, DataType.Float64, x.Device), Tensor.Full([x.Shape[1]], 2, DataType.Float64, x.Device), 0.1);

    private static Tensor AverageAsConvolution(Tensor x, int kernel, int stride, int padding) =>
        x.Conv2d(Tensor.Full([x.Shape[1], 1, kernel, kernel], 1.0 / (kernel * kernel), x.DataType), null, stride, padding, groups: x.Shape[1]);

    /// <summary>A convolution as a product with gathered patches.</summary>
    private static Tensor UnfoldedConvolution(Tensor x, Tensor weight, Tensor? bias, int stride, int padding, int dilation, int groups)
    {
        var (batch, channels, height, width) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
        var (outputs, inGroup, kernelHeight, kernelWidth) = (weight.Shape[0], weight.Shape[1], weight.Shape[2], weight.Shape[3]);
        int outHeight = ((height + (2 * padding) - (dilation * (kernelHeight - 1)) - 1) / stride) + 1;
        int outWidth = ((width + (2 * padding) - (dilation * (kernelWidth - 1)) - 1) / stride) + 1;
        if (batch == 0)
        {
            return Tensor.Concat(0, x.Reshape([0]), (0.0 * weight).Reshape([weight.Count]).Slice(0, 0, 0)).Reshape([0, outputs, outHeight, outWidth])
                + (bias is null ? Tensor.Zeros([1], x.DataType) : 0.0 * bias.Sum());
        }

        var flat = Tensor.Concat(0, x.Reshape([x.Count]), Tensor.Zeros([1], x.DataType));
        var parts = new List<Tensor>();
        for (int group = 0; group < groups; group++)
        {
            var indices = new List<int>();
            for (int b = 0; b < batch; b++)
            {
                for (int pixel = 0; pixel < outHeight * outWidth; pixel++)
                {
                    for (int element = 0; element < inGroup * kernelHeight * kernelWidth; element++)
                    {
                        int channel = (group * inGroup) + (element / (kernelHeight * kernelWidth));
                        int row = (pixel / outWidth * stride) - padding + (element / kernelWidth % kernelHeight * dilation);
                        int column = (pixel % outWidth * stride) - padding + (element % kernelWidth * dilation);
                        bool inside = row >= 0 && row < height && column >= 0 && column < width;
                        indices.Add(inside ? (((((b * channels) + channel) * height) + row) * width) + column : x.Count);
                    }
                }
            }

            int length = inGroup * kernelHeight * kernelWidth;
            var patches = flat.Gather(Tensor.From([.. indices], [batch * outHeight * outWidth, length]));
            var groupWeight = weight.Slice(0, group * outputs / groups, outputs / groups).Reshape([outputs / groups, length]);
            parts.Add(patches.MatMul(groupWeight, transposeB: true));
        }

        var y = Tensor.Concat(1, [.. parts]);
        if (bias is not null)
            y += bias;
        return y.Reshape([batch, outHeight * outWidth, outputs]).Transpose().Reshape([batch, outputs, outHeight, outWidth]);
    }
}
