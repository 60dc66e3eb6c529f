using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Tests.Tensors;

public sealed class ConvolutionTests
{
    // Sizes that take every way through the kernels: several examples to a block, ranges of rows, one channel, whole vectors and edges.
    public static TheoryData<int, int, int, int, int, int, int, int, int, int> Sizes => new()
    {
        { 5, 3, 9, 7, 8, 3, 1, 1, 1, 1 }, { 3, 32, 14, 14, 64, 3, 1, 1, 1, 1 }, { 20, 16, 7, 7, 33, 3, 1, 1, 1, 1 }, { 2, 1, 28, 28, 32, 3, 1, 1, 1, 1 },
            { 1, 16, 70, 61, 17, 3, 1, 1, 1, 1 },
        { 2, 6, 33, 40, 4, 5, 2, 2, 1, 2 }, { 2, 8, 40, 33, 8, 3, 1, 2, 2, 8 }, { 3, 20, 12, 12, 24, 1, 1, 0, 1, 1 }, { 2, 20, 13, 12, 24, 1, 2, 0, 1, 4 },
            { 1, 64, 40, 40, 8, 7, 3, 3, 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Values_and_gradients_are_those_of_seven_nested_loops(
        int batch, int inputs, int height, int width, int outputs, int kernel, int stride, int padding, int dilation, int groups)
    {
        using var scope = TensorScope.Begin();
        var generator = new Philox(3);
        var x = Leaf(Tensor.Normal([batch, inputs, height, width], generator));
        var weight = Leaf(Tensor.Normal([outputs, inputs / groups, kernel, kernel], generator));
        var bias = Leaf(Tensor.Normal([outputs], generator));
        var y = x.Conv2d(weight, bias, stride, padding, dilation, groups);
        var gradient = Tensor.Normal(y.Shape, generator);
        y.Backward(gradient);
        var (expected, atX, atWeight, atBias) = Naive(x, weight, bias, gradient, stride, padding, dilation, groups);
        AssertClose(expected, y, 1e-5);
        AssertClose(atX, x.Gradient!, 1e-5);
        AssertClose(atWeight, weight.Gradient!, 1e-5);
        AssertClose(atBias, bias.Gradient!, 1e-5);
        y = x.Conv2d(weight, bias, stride, padding, dilation, groups);
        y.Backward(gradient);
        AssertClose([.. atX.Select(v => 2 * v)], x.Gradient!, 1e-5);
        AssertClose([.. atWeight.Select(v => 2 * v)], weight.Gradient!, 1e-5);
        AssertClose([.. atBias.Select(v => 2 * v)], bias.Gradient!, 1e-5);
    }

    [Fact]
    public void Unfolded_patches_times_the_weight_are_the_output()
    {
        var generator = new Philox(5);
        var geometry = new ConvolutionGeometry(3, 4, 6, 5, 6, 3, 2, 2, 1, 1, 2);
        var x = Tensor.Normal([3, 4, 6, 5], generator, type: DataType.Float64);
        var weight = Tensor.Normal([6, 2, 3, 2], generator, type: DataType.Float64);
        int n = 3 * geometry.OutputPixels;
        var patches = Tensor.Uninitialized([2, n, geometry.PatchLength], DataType.Float64);
        Device.Cpu.Backend.UnfoldPatches(geometry, x, patches);
        double[] y = x.Conv2d(weight, null, 2, 1, 1, 2).ToArray<double>();
        for (int group = 0; group < 2; group++)
        {
            double[] product = patches.Entry(group).MatMul(weight.Range(3 * group, 3).Reshape([3, geometry.PatchLength]), transposeB: true).ToArray<double>();
            for (int i = 0; i < product.Length; i++)
            {
                var (row, channel) = (i / 3, (3 * group) + (i % 3));
                Assert.Equal(y[((((row / geometry.OutputPixels) * 6) + channel) * geometry.OutputPixels) + (row % geometry.OutputPixels)], product[i], 1e-12);
            }
        }
    }

    [Fact]
    public void A_step_in_steady_state_allocates_no_tensor_memory()
    {
        var model = new Sequential(new Conv2d(2, 8, 3, padding: 1), new ReLU(), new Conv2d(8, 4, 3, stride: 2));
        var x = Tensor.Normal([4, 2, 9, 9], new Philox(1));
        void Step()
        {
            using var scope = TensorScope.Begin();
            model.Forward(x).Square().Mean().Backward();
        }

        for (int i = 0; i < 5; i++)
            Step();
        long before = Kappa.Tensors.Memory.StoragePool.AllocatedBytes;
        for (int i = 0; i < 20; i++)
            Step();
        Assert.Equal(before, Kappa.Tensors.Memory.StoragePool.AllocatedBytes);
    }

    [Fact]
    public void A_layer_has_the_names_shapes_and_bounds_of_PyTorch()
    {
        var layer = new Conv2d(4, 6, 3, groups: 2);
        _ = layer.Initialize(new Philox(2));
        Assert.Equal(["weight", "bias"], layer.StateDict().Names);
        Assert.Equal(new Shape(6, 2, 3, 3), layer.Weight.Shape);
        double bound = 1 / Math.Sqrt(18);
        Assert.All(layer.Weight.ToArray<float>(), value => Assert.InRange(value, -bound, bound));
        Assert.Contains(layer.Weight.ToArray<float>(), value => Math.Abs(value) > 0.9 * bound);
        Assert.Null(new Conv2d(1, 1, 1, bias: false).Bias);
        Assert.Contains("3 groups do not divide 4 input and 6 output", Assert.Throws<ArgumentException>(() => new Conv2d(4, 6, 3, groups: 3)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_convolution_and_the_activation_after_it_are_one_operation()
    {
        var model = new Sequential(new Conv2d(1, 2, 3), new ReLU());
        Assert.Equal("Conv2d+Relu", model.Forward(Tensor.Ones([1, 1, 4, 4])).Producer!.Name);
    }

    private static Tensor Leaf(Tensor tensor)
    {
        tensor.RequiresGradient = true;
        return tensor;
    }

    private static (double[] Y, double[] X, double[] Weight, double[] Bias) Naive(
        Tensor x, Tensor weight, Tensor bias, Tensor gradient, int stride, int padding, int dilation, int groups)
    {
        var (batch, inputs, height, width) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
        var (outputs, kernel, outHeight, outWidth) = (weight.Shape[0], weight.Shape[2], gradient.Shape[2], gradient.Shape[3]);
        float[] xs = x.ToArray<float>(), ws = weight.ToArray<float>(), bs = bias.ToArray<float>(), gs = gradient.ToArray<float>();
        var (y, atX, atWeight, atBias) = (new double[gs.Length], new double[xs.Length], new double[ws.Length], new double[bs.Length]);
        int inGroup = inputs / groups, outGroup = outputs / groups;
        for (int at = 0; at < y.Length; at++)
        {
            int column = at % outWidth, row = at / outWidth % outHeight, o = at / outWidth / outHeight % outputs, b = at / outWidth / outHeight / outputs;
            y[at] = bs[o];
            atBias[o] += gs[at];
            for (int c = 0; c < inGroup; c++)
            {
                for (int i = 0; i < kernel; i++)
                {
                    for (int j = 0; j < kernel; j++)
                    {
                        int h = (row * stride) - padding + (i * dilation), w = (column * stride) - padding + (j * dilation);
                        if (h < 0 || h >= height || w < 0 || w >= width)
                            continue;
                        int from = (((((b * inputs) + (o / outGroup * inGroup) + c) * height) + h) * width) + w;
                        int with = (((((o * inGroup) + c) * kernel) + i) * kernel) + j;
                        y[at] += (double)xs[from] * ws[with];
                        atX[from] += (double)gs[at] * ws[with];
                        atWeight[with] += (double)gs[at] * xs[from];
                    }
                }
            }
        }

        return (y, atX, atWeight, atBias);
    }

    private static void AssertClose(double[] expected, Tensor actual, double tolerance)
    {
        float[] values = actual.ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        double scale = expected.Select(Math.Abs).Max();
        for (int i = 0; i < values.Length; i++)
            Assert.True(Math.Abs(expected[i] - values[i]) <= tolerance * scale, $"expected {expected[i]:R}, got {values[i]:R} at {i}");
    }
}
