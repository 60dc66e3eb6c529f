using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks.Layers;

public sealed class ImageModuleTests
{
    [Fact]
    public void Pools_give_the_largest_and_the_mean_of_windows()
    {
        var x = Tensor.From([1.0, 5, 2, 0, 3, 4, 8, 7, 1, 1, 1, 9], [1, 1, 3, 4]);
        Assert.Equal([5, 8], new MaxPool2d(2).Forward(x).ToArray<double>());
        Assert.Equal([3.25, 4.25], new AvgPool2d(2).Forward(x).ToArray<double>());
        Assert.Equal([1, 5, 0, 3, 8, 9, 3, 1, 2],
            new MaxPool2d(2, 2, 1).Forward(Tensor.From([1.0, 5, 2, 0, 3, 4, 8, 7, 1, 1, 1, 9, 3, 1, 1, 2], [1, 1, 4, 4])).ToArray<double>());
        Assert.Equal([42 / 12.0], new GlobalAvgPool2d().Forward(x).ToArray<double>());
        Assert.Equal([0.25, 1.75, 0, 1, 3.5, 4], new AvgPool2d(2, 2, 1).Forward(x).ToArray<double>());
    }

    [Fact]
    public void Maxima_let_NaN_win_and_the_first_of_equals_take_the_gradient()
    {
        var x = Tensor.From([1f, float.NaN, 2, 7, 7, 7, 7, 7], [1, 2, 2, 2]);
        x.RequiresGradient = true;
        var y = x.MaxPool2d(2);
        Assert.Equal([float.NaN, 7], y.ToArray<float>());
        y.Backward(Tensor.Ones(y.Shape));
        Assert.Equal([0, 1, 0, 0, 1, 0, 0, 0], x.Gradient!.ToArray<float>());
    }

    [Theory]
    [InlineData(8)]
    [InlineData(11)]
    [InlineData(17)]
    public void Wide_maxima_are_those_of_the_plain_way(int width)
    {
        var generator = new Philox(7);
        float[] values = [.. Enumerable.Range(0, 3 * 7 * width).Select(_ => generator.NextInt32(12) is var v && v == 0 ? float.NaN : v % 4)];
        var x = Tensor.From(values, [1, 3, 7, width]);
        x.RequiresGradient = true;
        var y = x.MaxPool2d(2);
        y.Backward(Tensor.Ones(y.Shape));
        int outputs = width / 2;
        var gradient = new float[values.Length];
        for (int i = 0; i < y.Count; i++)
        {
            int corner = ((i / (3 * outputs)) * 7 * width) + (2 * (i / outputs % 3) * width) + (2 * (i % outputs));
            int[] window = [corner, corner + 1, corner + width, corner + width + 1];
            int winner = window.Any(at => float.IsNaN(values[at]))
                ? window.First(at => float.IsNaN(values[at]))
                : window.First(at => values[at] == window.Max(other => values[other]));
            Assert.Equal(values[winner], y.ToArray<float>()[i]);
            gradient[winner]++;
        }

        Assert.Equal(gradient, x.Gradient!.ToArray<float>());
    }

    [Fact]
    public void Group_sort_and_max_min_order_channels()
    {
        var x = Tensor.From([3.0, 1, 2, 0, 5, 4], [1, 6]);
        Assert.Equal([1, 2, 3, 0, 4, 5], new GroupSort(3).Forward(x).ToArray<double>());
        Assert.Equal([3, 1, 2, 0, 5, 4], new MaxMin().Forward(x).ToArray<double>());
        Assert.Equal([4, 2, 3, 1], new MaxMin().Forward(Tensor.From([3.0, 2, 4, 1], [1, 2, 2])).ToArray<double>());
    }

    [Fact]
    public void Leaky_units_have_their_slopes()
    {
        var x = Tensor.From([-2f, 0, 3, -4, 5, -6], [1, 2, 3]);
        Assert.Equal([-0.02f, 0, 3, -0.04f, 5, -0.06f], new LeakyReLU().Forward(x).ToArray<float>());
        Assert.Equal([-0.5f, 0, 3, -1, 5, -1.5f], new PReLU().Forward(x).ToArray<float>());
        var layer = new PReLU(2);
        layer.Parameters()[0].Tensor.CopyFromInPlace(Tensor.From(0.5f, 2));
        Assert.Equal([-1, 0, 3, -8, 5, -12], layer.Forward(x).ToArray<float>());
        layer.Forward(x).Sum().Backward();
        Assert.Equal([-2, -10], layer.Parameters()[0].Tensor.Gradient!.ToArray<float>());
        Assert.Contains("[batch, 2, ...]", Assert.Throws<TensorShapeException>(() => layer.Forward(Tensor.Ones([1, 3]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flatten_keeps_the_batch()
    {
        Assert.Equal(new Shape(2, 12), new Flatten().Forward(Tensor.Ones([2, 3, 2, 2])).Shape);
        Assert.Equal(new Shape(0, 12), new Flatten().Forward(Tensor.Ones([0, 3, 2, 2])).Shape);
        Assert.Equal(new Shape(2, 1), new Flatten().Forward(Tensor.Ones([2])).Shape);
    }

    [Fact]
    public void Batch_norm_trains_on_the_batch_and_evaluates_by_running_statistics()
    {
        var layer = new BatchNorm2d(2, type: DataType.Float64);
        Assert.Equal(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"], layer.StateDict().Names);
        Assert.Equal(["weight", "bias"], layer.Parameters().Select(parameter => parameter.Name));
        var x = Tensor.From([1.0, 2, 3, 4, 10, 10, 10, 30], [2, 2, 1, 2]);
        double[] y = layer.Forward(x).ToArray<double>();
        // Channel 0 holds 1, 2, 10, 10; channel 1 holds 3, 4, 10, 30.
        double[][] channels = [[1, 2, 10, 10], [3, 4, 10, 30]];
        for (int c = 0; c < 2; c++)
        {
            double mean = channels[c].Average(), variance = channels[c].Sum(value => (value - mean) * (value - mean)) / 4;
            double[] own = [y[2 * c], y[(2 * c) + 1], y[4 + (2 * c)], y[5 + (2 * c)]];
            for (int i = 0; i < 4; i++)
                Assert.Equal((channels[c][i] - mean) / Math.Sqrt(variance + 1e-5), own[i], 1e-12);
            Assert.Equal(0.1 * mean, layer.RunningMean.ToArray<double>()[c], 1e-12);
            Assert.Equal(0.9 + (0.1 * variance * 4 / 3), layer.RunningVariance.ToArray<double>()[c], 1e-12);
        }

        layer.Eval();
        double[] running = layer.RunningMean.ToArray<double>();
        double expected = (7 - running[0]) / Math.Sqrt(layer.RunningVariance.ToArray<double>()[0] + 1e-5);
        Assert.Equal(expected, layer.Forward(Tensor.Full([1, 2, 1, 1], 7, DataType.Float64)).ToArray<double>()[0], 1e-12);
        Assert.Equal(running, layer.RunningMean.ToArray<double>());
    }

    [Fact]
    public void Batch_norm_refuses_a_batch_of_one_in_training_and_takes_it_in_evaluation()
    {
        var layer = new BatchNorm1d(3);
        Assert.Contains("batches of two or more, or call Eval()", Assert.Throws<TensorShapeException>(() => layer.Forward(Tensor.Ones([1, 3]))).Message,
            StringComparison.Ordinal);
        layer.Eval();
        Assert.Equal(new Shape(1, 3), layer.Forward(Tensor.Ones([1, 3])).Shape);
        Assert.Equal("BatchNorm1d: expected an input [batch, 3] or [batch, 3, length]; got [2, 4]",
            Assert.Throws<TensorShapeException>(() => layer.Forward(Tensor.Ones([2, 4]))).Message);
        Assert.Equal("BatchNorm2d: expected an input [batch, 3, height, width]; got [2, 3]",
            Assert.Throws<TensorShapeException>(() => new BatchNorm2d(3).Forward(Tensor.Ones([2, 3]))).Message);
    }

    [Fact]
    public void A_large_mean_does_not_spoil_the_variance()
    {
        var noise = Tensor.Normal([64, 1], new Philox(3), type: DataType.Float64);
        double[] exact = noise.BatchNorm(null, null).ToArray<double>();
        float[] shifted = (noise + 1000.0).To(DataType.Float32).BatchNorm(null, null).ToArray<float>();
        Assert.All(exact.Zip(shifted), pair => Assert.Equal(pair.First, pair.Second, 3e-4));
    }

    [Fact]
    public void A_residual_block_adds_and_names_shapes_that_differ()
    {
        var body = new Conv2d(2, 3, 1);
        Assert.Contains("the body gives [1, 3, 2, 2] and the shortcut [1, 2, 2, 2]",
            Assert.Throws<TensorShapeException>(() => new Residual(body).Forward(Tensor.Ones([1, 2, 2, 2]))).Message, StringComparison.Ordinal);
        Assert.Equal([2, 0, 6], new Residual(new ReLU()).Forward(Tensor.From(1f, 0, 3)).ToArray<float>());
        Assert.Equal(["body.weight", "body.bias", "shortcut.weight"], new Residual(new Conv2d(2, 3, 1), new Conv2d(2, 3, 1, bias: false)).StateDict().Names);
    }

    [Fact]
    public void ResNet18_has_the_parameters_and_names_of_torchvision()
    {
        var model = new ResNet18();
        Assert.Equal(11_173_962, model.Parameters().Sum(parameter => parameter.Tensor.Count));
        var names = model.StateDict().Names;
        Assert.Equal(122, names.Count);
        string[] expected = [
            "conv1.weight", "bn1.running_var", "layer1.0.conv1.weight", "layer1.1.bn2.bias", "layer2.0.downsample.0.weight",
            "layer2.0.downsample.1.running_mean", "layer4.1.conv2.weight", "fc.bias"];
        Assert.All(expected, name => Assert.Contains(name, names));
        Assert.DoesNotContain("layer1.0.downsample.0.weight", names);
        Assert.Equal(new Shape(512, 256, 3, 3), model.StateDict()["layer4.0.conv1.weight"].Shape);
    }

    [Fact]
    public void A_narrow_ResNet18_learns_by_heart()
    {
        var model = new ResNet18(1, 3, width: 4);
        _ = model.Initialize(new Philox(1));
        var x = Tensor.Normal([6, 1, 12, 12], new Philox(2));
        var labels = Tensor.From(0, 1, 2, 2, 1, 0);
        var optimizer = new AdamW(model.Parameters(), learningRate: 1e-2);
        double first = 0, last = 0;
        for (int i = 0; i < 30; i++)
        {
            using var scope = TensorScope.Begin();
            var loss = Loss.CrossEntropy(model.Forward(x), labels);
            last = loss.ToDouble();
            first = i == 0 ? last : first;
            loss.Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        Assert.True(last < 0.1 * first, $"from {first} to {last}");
        Assert.Equal(new Shape(6, 3), model.Forward(x).Shape);
    }
}
