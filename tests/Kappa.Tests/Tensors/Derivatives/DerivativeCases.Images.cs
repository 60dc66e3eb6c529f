using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Derivatives;

/// <content>Operations on images.</content>
public static partial class DerivativeCases
{
    private static (Shape X, Shape Weight, int Stride, int Padding, int Dilation, int Groups)[] ConvolutionSizes =>
    [
        ([2, 3, 5, 4], [4, 3, 3, 3], 1, 1, 1, 1), ([2, 1, 4, 4], [3, 1, 3, 3], 1, 1, 1, 1), ([1, 2, 5, 5], [2, 2, 3, 3], 2, 1, 1, 1), ([2, 2, 6, 5], [3, 2, 2, 3], 1, 0, 1, 1),
        ([1, 2, 7, 6], [2, 2, 3, 2], 1, 2, 2, 1), ([2, 4, 4, 4], [6, 2, 3, 3], 1, 1, 1, 2), ([1, 3, 5, 5], [3, 1, 3, 3], 2, 1, 1, 3), ([2, 3, 3, 2], [5, 3, 1, 1], 1, 0, 1, 1),
        ([1, 4, 3, 3], [2, 2, 1, 1], 1, 0, 1, 2), ([2, 3, 4, 5], [2, 3, 1, 1], 2, 0, 1, 1), ([1, 1, 1, 1], [1, 1, 1, 1], 1, 0, 1, 1), ([1, 2, 2, 2], [2, 2, 4, 4], 1, 3, 1, 1),
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
            yield return new($"Conv2d {activation}", nameof(Tensor.Conv2d), [[2, 2, 3, 4], [3, 2, 3, 3], [3]], x => x[0].Conv2d(x[1], x[2], padding: 1, activation: activation))
            {
                Decomposition = x => Activate(UnfoldedConvolution(x[0], x[1], x[2], 1, 1, 1, 1), activation),
            };
        }

        yield return new("Conv2d of its own weight", nameof(Tensor.Conv2d), [[2, 2, 3, 3]], x => x[0].Conv2d(x[0], null, padding: 1, activation: Activation.Tanh));
    }

    /// <summary>A convolution as a product with gathered patches.</summary>
    private static Tensor UnfoldedConvolution(Tensor x, Tensor weight, Tensor? bias, int stride, int padding, int dilation, int groups)
    {
        var (batch, channels, height, width) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
        var (outputs, inGroup, kernelHeight, kernelWidth) = (weight.Shape[0], weight.Shape[1], weight.Shape[2], weight.Shape[3]);
        int outHeight = ((height + (2 * padding) - (dilation * (kernelHeight - 1)) - 1) / stride) + 1;
        int outWidth = ((width + (2 * padding) - (dilation * (kernelWidth - 1)) - 1) / stride) + 1;
        if (batch == 0)
            return Tensor.Concat(0, x.Reshape([0]), (0.0 * weight).Reshape([weight.Count]).Slice(0, 0, 0)).Reshape([0, outputs, outHeight, outWidth]) + (bias is null ? Tensor.Zeros([1], x.DataType) : 0.0 * bias.Sum());
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
