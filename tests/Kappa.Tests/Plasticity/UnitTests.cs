using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Optimizers;

namespace Kappa.Tests.Plasticity;

public sealed class UnitTests
{
    [Fact]
    public void ReDo_replaces_the_dead_units_only_forgets_their_moments_and_leaves_the_function_as_it_is()
    {
        var model = RemedyRun.Network(DataType.Float64);
        _ = model.Initialize(new Philox(4));
        var first = (Linear)model.Children[0].Module;
        var second = (Linear)model.Children[2].Module;
        // The other units get a bias that keeps them awake on every input.
        first.Bias!.CopyFromInPlace(Tensor.Full([8], 4.0, DataType.Float64));
        second.Bias!.CopyFromInPlace(Tensor.Full([6], 9.0, DataType.Float64));
        var generator = new Philox(6);
        var x = Tensor.Uniform([8, 3], generator, -1, 1, DataType.Float64);
        var y = Tensor.Normal([8, 2], generator, type: DataType.Float64);
        // A learning rate of zero: the moments move, the weights do not.
        var adam = new AdamW(model.Parameters(), 0);
        using var redo = new ReDo(adam, model, new Philox(9), new ReDoOptions { Interval = 2 });
        double[] before = first.Weight.ToArray<double>();
        double[] function = [];
        for (int step = 0; step < 3; step++)
        {
            if (step == 2)
            {
                // Until now they were awake, so that the optimizer remembers something of them.
                Kill(first, 2);
                Kill(first, 5);
                function = model.Forward(x).ToArray<double>();
            }

            Assert.Equal(before, first.Weight.ToArray<double>());
            Loss.MeanSquaredError(model.Forward(x), y).Backward();
            redo.Step();
            redo.ZeroGrad();
        }

        Assert.Equal(2, redo.ReplacedCount);
        double[] after = first.Weight.ToArray<double>();
        double[] outgoing = second.Weight.ToArray<double>();
        double[] outgoingMoments = FakeGradients.Read(adam.State().Tensors["2.weight.second_moment"]);
        double[] incomingMoments = FakeGradients.Read(adam.State().Tensors["0.weight.first_moment"]);
        for (int unit = 0; unit < 8; unit++)
        {
            bool isDead = unit is 2 or 5;
            Assert.Equal(isDead, before[unit * 3] != after[unit * 3]);
            Assert.Equal(isDead, incomingMoments[unit * 3] == 0);
            Assert.Equal(isDead ? 0 : 4, first.Bias!.ToArray<double>()[unit]);
            for (int row = 0; row < 6; row++)
            {
                Assert.Equal(isDead, outgoing[(row * 8) + unit] == 0);
                Assert.Equal(isDead, outgoingMoments[(row * 8) + unit] == 0);
            }
        }

        // Dead units gave nothing, and new ones are not read yet.
        Assert.Equal(function, model.Forward(x).ToArray<double>());
    }

    [Fact]
    public void ReDo_takes_the_channels_of_a_convolution_as_units_also_through_pooling_and_flattening()
    {
        var model = new Sequential(
            new Conv2d(1, 4, 3, padding: 1), new ReLU(), new Conv2d(4, 3, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(3 * 9, 5));
        _ = model.Initialize(new Philox(4));
        var first = (Conv2d)model.Children[0].Module;
        var second = (Conv2d)model.Children[2].Module;
        var third = (Linear)model.Children[6].Module;
        first.Bias!.CopyFromInPlace(Tensor.From([1f, -50f, 1f, 1f], [4]));
        second.Bias!.CopyFromInPlace(Tensor.From([3f, 3f, -50f], [3]));
        var x = Tensor.Uniform([2, 1, 6, 6], new Philox(6));
        using var redo = new ReDo(new SGD(model.Parameters(), 0), model, new Philox(9), new ReDoOptions { Interval = 1 });
        Loss.CrossEntropy(model.Forward(x), Tensor.From([1, 3], [2])).Backward();
        redo.Step();
        redo.Step();
        Assert.Equal(2, redo.ReplacedCount);
        float[] kernels = second.Weight.ToArray<float>();
        float[] readout = third.Weight.ToArray<float>();
        // Unit 2 of the second layer is new itself, so its row holds fresh weights.
        for (int i = 0; i < kernels.Length; i++)
            Assert.Equal(i / 36 < 2 && i / 9 % 4 == 1, kernels[i] == 0);
        for (int i = 0; i < readout.Length; i++)
            Assert.Equal(i % 27 / 9 == 2, readout[i] == 0);
        Assert.Equal([1f, 0f, 1f, 1f], first.Bias!.ToArray<float>());
    }

    [Fact]
    public void ReDo_replaces_a_dead_unit_within_a_block_of_a_transformer()
    {
        var model = new Transformer(new TransformerOptions { VocabularySize = 11, ContextLength = 8, Width = 8, Heads = 2, Layers = 2 });
        _ = model.Initialize(new Philox(4));
        var parameters = model.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Tensor);
        foreach (var tensor in parameters.Values)
            tensor.CopyFromInPlace(Tensor.Normal(tensor.Shape, new Philox(5), 0, 0.3));
        var up = parameters["block1.mlp.up.weight"];
        up.Values<float>().Slice(3 * 8, 8).Clear();
        var tokens = Tensor.From([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]);
        using var redo = new ReDo(new SGD(model.Parameters(), 0), model, new Philox(9), new ReDoOptions { Interval = 1, Threshold = 0 });
        float[] function = model.Forward(tokens).ToArray<float>();
        for (int step = 0; step < 2; step++)
        {
            model.Forward(tokens).Square().Mean().Backward();
            redo.Step();
            redo.ZeroGrad();
        }

        Assert.Equal(1, redo.ReplacedCount);
        Assert.DoesNotContain(0f, up.ToArray<float>());
        float[] down = parameters["block1.mlp.down.weight"].ToArray<float>();
        Assert.All(down.Index(), entry => Assert.Equal(entry.Index % 32 == 3, entry.Item == 0));
        Assert.Equal(function, model.Forward(tokens).ToArray<float>());
        Assert.Contains(redo.Units.LeftAlone, layer => layer.Path == "head");
    }

    [Fact]
    public void ReDo_zeroes_both_inputs_that_CReLU_makes_of_a_unit()
    {
        var model = new Sequential(new Linear(3, 4), new CReLU(), new Linear(8, 2));
        _ = model.Initialize(new Philox(4));
        var first = (Linear)model.Children[0].Module;
        first.Weight.Values<float>().Slice(2 * 3, 3).Clear();
        first.Bias!.Values<float>()[2] = 0;
        using var redo = new ReDo(new SGD(model.Parameters(), 0), model, new Philox(9), new ReDoOptions { Interval = 1 });
        for (int step = 0; step < 2; step++)
        {
            model.Forward(Tensor.Normal([5, 3], new Philox(1))).Square().Mean().Backward();
            redo.Step();
        }

        float[] readout = ((Linear)model.Children[2].Module).Weight.ToArray<float>();
        Assert.All(readout.Index(), entry => Assert.Equal(entry.Index % 4 == 2, entry.Item == 0));
    }

    [Fact]
    public void Fresh_units_have_the_scale_that_the_layer_started_with()
    {
        var model = new Sequential(new Linear(400, 50), new ReLU(), new Linear(50, 2));
        _ = model.Initialize(new Philox(4));
        var first = (Linear)model.Children[0].Module;
        double expected = 1 / Math.Sqrt(400 * 3.0);
        using var redo = new ReDo(new SGD(model.Parameters(), 0), model, new Philox(9), new ReDoOptions { Interval = 1 });
        first.Weight.CopyFromInPlace(Tensor.Zeros([50, 400]));
        first.Bias!.CopyFromInPlace(Tensor.Full([50], -1));
        Loss.CrossEntropy(model.Forward(Tensor.Normal([4, 400], new Philox(1))), Tensor.From([1, 0, 1, 0], [4])).Backward();
        redo.Step();
        redo.Step();
        Assert.Equal(50, redo.ReplacedCount);
        double mean = first.Weight.ToArray<float>().Average(w => (double)w * w);
        // 20,000 draws: the relative standard error of the mean square is sqrt(2 / n), one hundredth.
        Assert.Equal(1, mean / (expected * expected), 0.05);
    }

    [Fact]
    public void Continual_backpropagation_replaces_at_the_rate_and_never_a_young_unit()
    {
        var run = new RemedyRun("continual-backpropagation", seed: 3);
        var optimizer = (ContinualBackpropagation)run.Optimizer;
        run.Train(3);
        // Units are safe until they are older than the maturity of 3.
        Assert.Equal(0, optimizer.ReplacedCount);
        run.Train(197);
        // 14 units, those that are younger than 4 steps not counted: the number follows from the rate.
        double mature = 14 * 200 / (1 + (0.03 * 4));
        Assert.InRange(optimizer.ReplacedCount, 0.9 * 0.03 * mature, 1.1 * 0.03 * mature);
    }

    [Fact]
    public void Continual_backpropagation_replaces_the_unit_of_least_utility_as_a_naive_count_has_it()
    {
        // Nothing is replaced before the last step, so that a twin under plain SGD has the weights that the utilities were formed from.
        Sequential[] models = [.. Enumerable.Range(0, 2).Select(_ => new Sequential(new Linear(3, 6), new Tanh(), new Linear(6, 2)))];
        foreach (var model in models)
            _ = model.Initialize(new Philox(4));
        var options = new ContinualBackpropagationOptions { ReplacementRate = 1.0 / 6 / 5, Maturity = 0, UtilityDecay = 0.8 };
        using var optimizer = new ContinualBackpropagation(new SGD(models[0].Parameters(), 0.05), models[0], new Philox(9), options);
        Optimizer[] optimizers = [optimizer, new SGD(models[1].Parameters(), 0.05)];
        var first = (Linear)models[1].Children[0].Module;
        var second = (Linear)models[1].Children[2].Module;
        var generator = new Philox(6);
        double[] utility = new double[6];
        for (int step = 0; step < 5; step++)
        {
            Assert.Equal(0, optimizer.ReplacedCount);
            var x = Tensor.Normal([7, 3], generator);
            var y = Tensor.Normal([7, 2], generator);
            float[] hidden = x.Linear(first.Weight, first.Bias, Activation.Tanh).ToArray<float>();
            for (int i = 0; i < 2; i++)
            {
                Loss.MeanSquaredError(models[i].Forward(x), y).Backward();
                optimizers[i].Step();
                optimizers[i].ZeroGrad();
            }

            float[] outgoing = second.Weight.ToArray<float>();
            for (int unit = 0; unit < 6; unit++)
            {
                double magnitude = Enumerable.Range(0, 7).Average(row => Math.Abs((double)hidden[(row * 6) + unit]));
                utility[unit] = (0.8 * utility[unit]) + (0.2 * magnitude * (Math.Abs(outgoing[unit]) + Math.Abs(outgoing[6 + unit])));
            }
        }

        float[] readout = ((Linear)models[0].Children[2].Module).Weight.ToArray<float>();
        int[] replaced = [.. Enumerable.Range(0, 6).Where(unit => readout[unit] == 0)];
        Assert.Equal([Array.IndexOf(utility, utility.Min())], replaced);
    }

    [Fact]
    public void Shrink_and_perturb_acts_at_its_interval_and_by_its_formula()
    {
        var problem = new FakeGradients(DataType.Float64, [200, 300], [200]);
        problem.Parameters[1].Tensor.CopyFromInPlace(Tensor.Zeros([200], DataType.Float64));
        double[][] before = problem.Values();
        double scale = Math.Sqrt(before[0].Average(w => w * w));
        var optimizer = new ShrinkAndPerturb(
            new SGD(problem.Parameters, 1), new Philox(1), new ShrinkAndPerturbOptions { Interval = 2, Shrinkage = 0.6, Noise = 0.1 });
        _ = problem.Draw(0, scale: 0);
        optimizer.Step();
        optimizer.Step();
        problem.AssertValues(before, 0);
        optimizer.Step();
        double[] noise = [.. problem.Values()[0].Select((w, i) => w - (0.6 * before[0][i]))];
        // 60,000 draws: standard errors of 0.004 for the mean and 0.003 for the relative standard deviation.
        Assert.Equal(0, noise.Average() / (0.1 * scale), 0.02);
        Assert.Equal(1, Math.Sqrt(noise.Average(n => n * n)) / (0.1 * scale), 0.015);
        double[] middle = problem.Values()[0];
        optimizer.Step();
        optimizer.Step();
        double[] second = [.. problem.Values()[0].Select((w, i) => w - (0.6 * middle[i]))];
        // Fresh noise each time: the correlation of 60,000 draws has a standard error of 0.004.
        Assert.Equal(0, noise.Zip(second, (a, b) => a * b).Average() / Math.Pow(0.1 * scale, 2), 0.02);
        // What starts at zero is only shrunk.
        Assert.All(problem.Values()[1], bias => Assert.Equal(0, bias));
    }

    [Fact]
    public void CReLU_doubles_the_channels_keeps_the_norm_and_passes_a_gradient_to_every_input()
    {
        var x = Tensor.Normal([5, 3, 4], new Philox(2), type: DataType.Float64);
        x.RequiresGradient = true;
        var y = new CReLU().Forward(x);
        Assert.Equal([5, 6, 4], y.Shape);
        y.Square().Sum().Backward();
        double[] values = x.ToArray<double>();
        double[] result = y.ToArray<double>();
        Assert.Equal(values.Sum(v => v * v), result.Sum(v => v * v), 1e-12);
        // d/dx of max(x, 0)^2 + max(-x, 0)^2 = x^2.
        double[] gradient = x.Gradient!.ToArray<double>();
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(2 * values[i], gradient[i], 1e-12);
            int place = (i / 12 * 24) + (i % 12);
            Assert.Equal(Math.Max(values[i], 0), result[place]);
            Assert.Equal(Math.Max(-values[i], 0), result[place + 12]);
        }

        Assert.Throws<TensorShapeException>(() => new CReLU().Forward(Tensor.Zeros([3])));
    }

    private static void Kill(Linear layer, int unit) => layer.Bias!.Values<double>()[unit] = -50;
}
