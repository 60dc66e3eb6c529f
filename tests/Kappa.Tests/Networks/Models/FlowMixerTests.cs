using Kappa.Networks;
using Kappa.Networks.Models;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks.Models;

public sealed class FlowMixerTests
{
    private static readonly FlowMixerOptions Small = new() { Channels = 2, Height = 4, Width = 6, PatchSize = 2, Features = 8, Layers = 1, TokenHidden = 4,
        ChannelHidden = 8 };

    [Fact]
    public void It_starts_with_zero_velocity_of_the_pictures_shape()
    {
        var velocity = new FlowMixer(Small).Forward(Tensor.Normal([3, 49], new Philox(1)));
        Assert.Equal([3, 48], velocity.Shape.ToArray());
        Assert.All(velocity.ToArray<float>(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Without_blocks_a_patch_of_the_output_depends_on_that_patch_and_on_the_time_alone()
    {
        var model = new FlowMixer(Small with { Layers = 0 }, DataType.Float64);
        foreach (var (name, tensor) in model.Parameters())
            tensor.CopyFromInPlace(Tensor.Normal(tensor.Shape, new Philox(2).Split(name), type: DataType.Float64));
        var input = Tensor.Normal([1, 49], new Philox(3), type: DataType.Float64);
        double[] before = model.Forward(input).ToArray<double>();
        // Channel 1, row 3, column 4: in the patch of rows 2..3 and columns 4..5 of both channels.
        input.Values<double>()[24 + (3 * 6) + 4] += 1;
        double[] after = model.Forward(input).ToArray<double>();
        int[] changed = [.. Enumerable.Range(0, 48).Where(i => before[i] != after[i])];
        Assert.Equal([16, 17, 22, 23, 40, 41, 46, 47], changed);
        input.Values<double>()[48] += 0.3;
        double[] later = model.Forward(input).ToArray<double>();
        Assert.DoesNotContain(Enumerable.Range(0, 48), i => later[i] == after[i]);
    }

    [Fact]
    public void Its_Hessian_product_equals_the_difference_of_gradients()
    {
        var model = new FlowMixer(Small, DataType.Float64);
        foreach (var (name, tensor) in model.Parameters())
            tensor.CopyFromInPlace(Tensor.Normal(tensor.Shape, new Philox(2).Split(name), 0, 0.5, DataType.Float64));
        var (input, target) = (Tensor.Normal([2, 49], new Philox(3), type: DataType.Float64), Tensor.Normal([2, 48], new Philox(4), type: DataType.Float64));
        Tensor[] leaves = [.. model.Parameters().Select(parameter => parameter.Tensor)];
        Tensor[] directions = [.. leaves.Select((leaf, i) => Tensor.Normal(leaf.Shape, new Philox(5).Split(i), type: DataType.Float64))];
        Tensor Evaluate() => Loss.MeanSquaredError(model.Forward(input), target);
        var product = Differentiate.HessianVectorProduct(Evaluate, leaves, directions).Products;
        double[][] Shifted(double step)
        {
            foreach (var (leaf, direction) in leaves.Zip(directions))
            {
                for (int i = 0; i < leaf.Count; i++)
                    leaf.Values<double>()[i] += step * direction.Values<double>()[i];
            }

            return [.. Differentiate.Gradient(Evaluate, leaves).Gradient.Select(part => part.ToArray<double>())];
        }

        var (ahead, behind) = (Shifted(1e-6), Shifted(-2e-6));
        for (int leaf = 0; leaf < leaves.Length; leaf++)
        {
            for (int i = 0; i < leaves[leaf].Count; i++)
            {
                double expected = (ahead[leaf][i] - behind[leaf][i]) / 2e-6;
                Assert.Equal(expected, product[leaf].ToArray<double>()[i], 1e-5 * Math.Max(1, Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public void It_learns_to_carry_noise_to_a_picture()
    {
        // Flow matching towards one picture: the velocity at (x_t, t) is (picture - x_t) / (1 - t), and the loss falls to a small part of the start's.
        var model = new FlowMixer(Small with { Features = 16 });
        _ = model.Initialize(new Philox(1));
        var optimizer = new AdamW(model.Parameters(), learningRate: 1e-2);
        var generator = new Philox(7);
        var picture = Tensor.Normal([1, 48], generator);
        double first = 0, last = 0;
        for (int step = 0; step < 150; step++)
        {
            using var scope = TensorScope.Begin();
            var noise = Tensor.Normal([32, 48], generator);
            var time = Tensor.Uniform([32, 1], generator, 0, 0.9);
            var point = (noise * ((-time) + 1)) + (picture * time);
            var loss = Loss.MeanSquaredError(model.Forward(Tensor.Concat(1, point, time)), picture - noise);
            loss.Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
            (first, last) = (step == 0 ? loss.ToDouble() : first, loss.ToDouble());
        }

        Assert.InRange(last, 0, 0.6 * first);
    }

    [Fact]
    public void Bad_sizes_and_inputs_are_named()
    {
        Assert.Contains("Height takes a multiple of the patch size 3; got 4",
            Assert.Throws<ArgumentException>(() => new FlowMixer(Small with { PatchSize = 3 })).Message, StringComparison.Ordinal);
        Assert.Contains("expected [batch, 49]", Assert.Throws<TensorShapeException>(() => new FlowMixer(Small).Forward(Tensor.Zeros([1, 48]))).Message,
            StringComparison.Ordinal);
    }
}
