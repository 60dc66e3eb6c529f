using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Preconditioning;

public sealed class ConvolutionDoPrTests
{
    private const double Gamma = 0.1;

    [Theory]
    [InlineData(1, 3, 1)]
    [InlineData(2, 3, 2)]
    [InlineData(2, 1, 1)]
    public void Dual_primal_and_naive_forms_agree_on_patches(int batch, int kernel, int stride)
    {
        var x = Images(batch);
        double[] plain = Gradient(x, kernel, stride, new DoPrOptions { Layers = LayerSelection.None });
        double[] naive = Naive(plain, Patches(x, kernel, stride), outputs: 5);
        double[] dual = Gradient(x, kernel, stride, new DoPrOptions { Gamma = Gamma, Form = PreconditioningForm.Dual });
        double[] primal = Gradient(x, kernel, stride, new DoPrOptions { Gamma = Gamma, Form = PreconditioningForm.Primal });
        AssertClose(naive, dual, 1e-10);
        AssertClose(naive, primal, 1e-10);
        AssertClose(naive, Gradient(x, kernel, stride, new DoPrOptions { Gamma = Gamma }), 1e-10);
        Assert.Contains(plain.Zip(naive), pair => Math.Abs(pair.First - pair.Second) > 1e-3);
    }

    [Fact]
    public void Channel_statistics_precondition_each_element_of_the_kernel()
    {
        var x = Images(3);
        double[] plain = Gradient(x, 3, 1, new DoPrOptions { Layers = LayerSelection.None });
        double[] actual = Gradient(x, 3, 1, new DoPrOptions { Gamma = Gamma, Convolutions = ConvolutionStatistics.Channels });
        double[][] pixels = Patches(x, 1, 1, padding: 0);
        for (int element = 0; element < 9; element++)
        {
            double[] expected = Naive([.. plain.Where((_, i) => i % 9 == element)], pixels, outputs: 5);
            AssertClose(expected, [.. actual.Where((_, i) => i % 9 == element)], 1e-10);
        }
    }

    [Fact]
    public void Channels_and_patches_are_the_same_for_a_kernel_of_one_pixel()
    {
        var x = Images(3);
        double[] patches = Gradient(x, 1, 1, new DoPrOptions { Form = PreconditioningForm.Primal }, padding: 0);
        AssertClose(patches, Gradient(x, 1, 1, new DoPrOptions { Convolutions = ConvolutionStatistics.Channels }, padding: 0), 1e-12);
    }

    [Theory]
    [InlineData(ConvolutionStatistics.Patches, PreconditioningForm.Dual)]
    [InlineData(ConvolutionStatistics.Patches, PreconditioningForm.Primal)]
    [InlineData(ConvolutionStatistics.Channels, PreconditioningForm.Automatic)]
    public void Micro_batches_add_up_to_one_large_batch(ConvolutionStatistics statistics, PreconditioningForm form)
    {
        var x = Images(4);
        var options = new DoPrOptions { Convolutions = statistics, Form = form };
        AssertClose(Gradient(x, 3, 1, options), Gradient(x, 3, 1, options, parts: 2), 1e-10);
    }

    [Fact]
    public void Switched_off_the_steps_are_those_of_the_inner_optimizer_to_the_bit()
    {
        foreach (var options in (DoPrOptions[])[new DoPrOptions { Layers = LayerSelection.None },
            new DoPrOptions { Convolutions = ConvolutionStatistics.None, Filter = _ => false }])
        {
            Assert.Equal(Trained(null), Trained(options));
        }

        Assert.NotEqual(Trained(null), Trained(new DoPrOptions()));
    }

    [Fact]
    public void Convolutions_in_groups_keep_their_gradient()
    {
        var model = new Sequential(new Conv2d(4, 4, 3, groups: 2), new Conv2d(4, 2, 1));
        Assert.Equal(["1.weight"], new DoPr(new SGD(model.Parameters(), 0.1), model).Layers.Select(layer => layer.Name));
    }

    private static Tensor Images(int batch) => Tensor.Normal([batch, 3, 5, 4], new Philox(8), mean: 0.5, type: DataType.Float64);

    private static double[] Gradient(Tensor x, int kernel, int stride, DoPrOptions options, int padding = 1, int parts = 1)
    {
        var layer = new Conv2d(3, 5, kernel, stride, padding, type: DataType.Float64);
        _ = layer.Initialize(new Philox(9));
        var model = new Sequential(layer);
        using var optimizer = new DoPr(new SGD(model.Parameters(), learningRate: 0.1), model, options);
        int size = x.Shape[0] / parts;
        for (int part = 0; part < parts; part++)
        {
            using var scope = TensorScope.Begin();
            (model.Forward(x.Slice(0, part * size, size)).Square().Sum() / x.Shape[0]).Backward();
        }

        return layer.Weight.Gradient!.ToArray<double>();
    }

    /// <summary>G (S + tau I)^-1 by elimination.</summary>
    private static double[] Naive(double[] gradient, double[][] rows, int outputs)
    {
        int size = rows[0].Length;
        var matrix = new double[size][];
        for (int i = 0; i < size; i++)
        {
            matrix[i] = [.. Enumerable.Range(0, size).Select(j => rows.Sum(row => row[i] * row[j]) / rows.Length),
                .. Enumerable.Range(0, outputs).Select(o => gradient[(o * size) + i])];
        }

        double damping = (Gamma * Enumerable.Range(0, size).Sum(i => matrix[i][i]) / size) + 1e-8;
        for (int i = 0; i < size; i++)
            matrix[i][i] += damping;
        for (int pivot = 0; pivot < size; pivot++)
        {
            for (int i = 0; i < size; i++)
            {
                double factor = matrix[i][pivot] / matrix[pivot][pivot];
                for (int j = 0; i != pivot && j < size + outputs; j++)
                    matrix[i][j] -= factor * matrix[pivot][j];
            }
        }

        return [.. Enumerable.Range(0, outputs * size).Select(at => matrix[at % size][size + (at / size)] / matrix[at % size][at % size])];
    }

    private static double[][] Patches(Tensor x, int kernel, int stride, int padding = 1)
    {
        double[] values = x.ToArray<double>();
        var (height, width) = (x.Shape[2], x.Shape[3]);
        int outHeight = ((height + (2 * padding) - kernel) / stride) + 1, outWidth = ((width + (2 * padding) - kernel) / stride) + 1;
        double At(int image, int channel, int row, int column) =>
            row < 0 || row >= height || column < 0 || column >= width ? 0 : values[(((((image * 3) + channel) * height) + row) * width) + column];
        return [.. Enumerable.Range(0, x.Shape[0] * outHeight * outWidth).Select(at => Enumerable.Range(0, 3 * kernel * kernel).Select(element => At(
            at / outHeight / outWidth, element / kernel / kernel,
            (at / outWidth % outHeight * stride) - padding + (element / kernel % kernel), (at % outWidth * stride) - padding + (element % kernel))).ToArray())];
    }

    private static float[] Trained(DoPrOptions? options)
    {
        var model = new Sequential(new Conv2d(1, 3, 3, padding: 1), new ReLU(), new GlobalAvgPool2d(), new Linear(3, 2));
        _ = model.Initialize(new Philox(3));
        var x = Tensor.Normal([4, 1, 5, 5], new Philox(4));
        var labels = Tensor.From(0, 1, 1, 0);
        Optimizer optimizer = new AdamW(model.Parameters(), learningRate: 1e-2);
        if (options is not null)
            optimizer = new DoPr(optimizer, model, options);
        for (int i = 0; i < 5; i++)
        {
            Loss.CrossEntropy(model.Forward(x), labels).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        return [.. model.Parameters().SelectMany(parameter => parameter.Tensor.ToArray<float>())];
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Select(Math.Abs).Max();
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"expected {expected[i]:R}, got {actual[i]:R} at {i}");
    }
}
