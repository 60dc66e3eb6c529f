using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;

namespace Kappa.Tests.Rescaling;

/// <summary>A convolution with many weights is treated some output channels at a time. On an image of one pixel it is a linear layer, which is not.</summary>
public class WideConvolutionTests
{
    private static readonly RescalingOptions Image = new() { InputShape = [2, 1, 1], Sweeps = 3, Tolerance = 0 };
    private static readonly RescalingOptions Vector = new() { InputShape = [2], Sweeps = 3, Tolerance = 0 };

    [Theory]
    [InlineData(DataType.Float32, 1)]
    [InlineData(DataType.Float64, 1)]
    [InlineData(DataType.Float64, 1e-70)]
    [InlineData(DataType.Float64, 1e70)]
    public void The_diagonal_and_the_scales_are_those_of_the_linear_layers_that_it_equals(DataType type, double lastRows)
    {
        var (convolutional, linear) = Make(type, lastRows);
        foreach (var (expected, got) in PathLifting.GramDiagonal(linear, Vector).Zip(PathLifting.GramDiagonal(convolutional, Image)))
        {
            double[] from = expected.Tensor.ToArray<double>(), values = got.Tensor.ToArray<double>();
            Assert.Equal(from.Length, values.Length);
            Assert.All(from.Zip(values), pair => Assert.Equal(pair.First, pair.Second, Math.Abs(pair.First) * 1e-12));
        }

        double[] scales = [.. PathConditioning.Analyse(linear, Vector).LogScales];
        Assert.Equal(812, scales.Length);
        Assert.All(scales.Zip(PathConditioning.Analyse(convolutional, Image).LogScales),
            pair => Assert.Equal(pair.First, pair.Second, 1e-9 * Math.Max(1, Math.Abs(pair.First))));
        Assert.Equal(PathLifting.Norm(linear, Vector), PathLifting.Norm(convolutional, Image), 1e-12 * PathLifting.Norm(linear, Vector));
    }

    /// <summary>The second convolution has 512 x 300 weights; those of the last 44 output channels are of another size.</summary>
    private static (Module Convolutional, Module Linear) Make(DataType type, double lastRows)
    {
        var convolutional = new Sequential(new Conv2d(2, 512, 1, type: type), new ReLU(), new Conv2d(512, 300, 1, type: type), new ReLU(), new Flatten(),
            new Linear(300, 2, type: type)).Initialize(new Philox(3));
        var linear = new Sequential(new Linear(2, 512, type: type), new ReLU(), new Linear(512, 300, type: type), new ReLU(), new Linear(300, 2, type: type));
        var wide = convolutional.Parameters()[2].Tensor;
        if (type == DataType.Float64)
        {
            foreach (ref double value in wide.Values<double>()[(256 * 512)..])
                value *= lastRows;
        }

        foreach (var (from, to) in convolutional.Parameters().Zip(linear.Parameters()))
        {
            if (type == DataType.Float32)
                from.Tensor.Values<float>().CopyTo(to.Tensor.Values<float>());
            else
                from.Tensor.Values<double>().CopyTo(to.Tensor.Values<double>());
        }

        return (convolutional, linear);
    }
}
