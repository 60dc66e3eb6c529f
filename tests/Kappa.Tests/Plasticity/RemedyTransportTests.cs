using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;

namespace Kappa.Tests.Plasticity;

/// <summary>
/// What a remedy remembers moves along with a network that is rescaled in training. The inner optimizer's rate is zero, so that the remedy alone moves the
/// weights: then the function must go on as if nothing had been rescaled. Scales are powers of two, so that nothing is rounded.
/// </summary>
public sealed class RemedyTransportTests
{
    private static readonly double[] Uniform = [1, 2, 2, 2, 2, 2, 2, 2, 2, 8, 8, 8, 8, 8, 8];
    private static readonly double[] Various = [1, 2, 0.5, 4, 1, 0.25, 8, 2, 0.125, 16, 0.5, 1, 2, 0.25, 4];

    [Fact]
    public void The_start_that_L2_Init_draws_to_is_rescaled_as_the_weights_are()
    {
        var model = NewModel();
        var optimizer = new L2Init(new SGD(model.Parameters(), 0.1), 0.5);
        Rescale(model, optimizer, Various);
        double[][] before = Values(model);
        Assert.Equal(before, model.Parameters().Select(parameter => optimizer.State().Tensors[$"{parameter.Name}.initial_value"].ToArray<double>()));
        // At the start the penalty has no gradient, and without one of the task the weights stay.
        foreach (var (_, tensor) in model.Parameters())
            Optimizers.FakeGradients.Set(tensor, Tensor.Zeros(tensor.Shape, DataType.Float64));
        optimizer.Step();
        Assert.Equal(before, Values(model));
    }

    [Theory]
    [InlineData("shrink-and-perturb")]
    [InlineData("redo")]
    [InlineData("continual-backpropagation")]
    public void Where_each_layer_has_one_scale_the_function_goes_on_as_without_rescaling(string remedy)
    {
        var (plain, rescaled) = (NewModel(), NewModel());
        using var x = Example();
        foreach (var model in (Sequential[])[plain, rescaled])
        {
            var optimizer = Make(remedy, model);
            Train(model, optimizer, 7);
            if (model == rescaled)
                Rescale(model, optimizer, Uniform);
            Train(model, optimizer, 8);
            Assert.True(optimizer is ShrinkAndPerturb or ReDo { ReplacedCount: > 4 } or ContinualBackpropagation { ReplacedCount: > 4 });
            (optimizer as IDisposable)?.Dispose();
        }

        Assert.NotEqual(Values(plain)[0], Values(rescaled)[0]);
        Assert.NotEqual(NewModel().Forward(x).ToArray<double>(), plain.Forward(x).ToArray<double>());
        Assert.Equal(plain.Forward(x).ToArray<double>(), rescaled.Forward(x).ToArray<double>());
    }

    [Fact]
    public void Utilities_are_those_of_a_network_that_was_rescaled_from_the_start()
    {
        var options = new ContinualBackpropagationOptions { ReplacementRate = 0, UtilityDecay = 0.9 };
        var states = new List<OptimizerState>();
        foreach (bool fromTheStart in (bool[])[true, false])
        {
            var model = NewModel();
            if (fromTheStart)
                Rescale(model, new SGD(model.Parameters(), 0), Various);
            using var optimizer = new ContinualBackpropagation(new SGD(model.Parameters(), 0), model, new Philox(9), options);
            Train(model, optimizer, 6);
            if (!fromTheStart)
                Rescale(model, optimizer, Various);
            Train(model, optimizer, 3);
            states.Add(optimizer.State());
        }

        foreach (string layer in (string[])["0.weight", "2.weight"])
        {
            double[] expected = states[0].Tensors[$"{layer}.unit_utility"].ToArray<double>(),
                got = states[1].Tensors[$"{layer}.unit_utility"].ToArray<double>();
            Assert.All(expected.Zip(got), pair => Assert.Equal(pair.First, pair.Second, 1e-12 * pair.First));
            Assert.Equal(states[0].Numbers[$"{layer}.continual_backpropagation_scale"], states[1].Numbers[$"{layer}.continual_backpropagation_scale"], 1e-12);
        }
    }

    [Fact]
    public void Rescaling_by_path_conditioning_moves_every_remedy_along_and_keeps_the_function()
    {
        foreach (string remedy in RemedyRun.Names)
        {
            var model = NewModel();
            using var x = Example();
            var optimizer = RemedyRun.Make(remedy, model, new Philox(3));
            Train(model, optimizer, 5);
            double[] before = model.Forward(x).ToArray<double>();
            var result = PathConditioning.Rescale(model, optimizer);
            Assert.Contains(result.LogScales, z => Math.Abs(z) > 0.1);
            Assert.All(before.Zip(model.Forward(x).ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
            Train(model, optimizer, 5);
            Assert.All(Values(model).SelectMany(values => values), value => Assert.True(double.IsFinite(value)));
            (optimizer as IDisposable)?.Dispose();
        }
    }

    [Fact]
    public void The_power_iteration_of_spectral_regularisation_finds_the_singular_vector_of_the_rescaled_matrix()
    {
        var model = NewModel();
        var optimizer = new SpectralRegularization(new SGD(model.Parameters(), 0), new Philox(3));
        Train(model, optimizer, 100);
        Rescale(model, optimizer, Various);
        Train(model, optimizer, 400);
        var weight = model.Parameters()[2].Tensor;
        using var u = optimizer.State().Tensors["2.weight.left_singular_vector"].Clone();
        double sigma = Math.Sqrt(weight.MatMul(u, transposeA: true).Square().Sum().ToDouble());
        double largest = LinearAlgebra.SingularValues.Of(weight)[0];
        Assert.Equal(largest, sigma, 1e-9 * largest);
    }

    private static Optimizer Make(string remedy, Module model)
    {
        var inner = new SGD(model.Parameters(), 0);
        return remedy switch
        {
            "shrink-and-perturb" => new ShrinkAndPerturb(inner, new Philox(9), new ShrinkAndPerturbOptions { Interval = 3 }),
            "redo" => new ReDo(inner, model, new Philox(9), new ReDoOptions { Interval = 4, Threshold = 0.7 }),
            _ => new ContinualBackpropagation(
                inner, model, new Philox(9), new ContinualBackpropagationOptions { ReplacementRate = 0.08, Maturity = 2, UtilityDecay = 0.9 }),
        };
    }

    private static Sequential NewModel()
    {
        var model = RemedyRun.Network(DataType.Float64);
        _ = model.Initialize(new Philox(6));
        return model;
    }

    private static void Rescale(Module model, Optimizer optimizer, double[] scales)
    {
        using var plan = new RescalingPlan(model, new RescalingOptions());
        plan.Apply(scales);
        optimizer.TransportCore(plan.Application(scales).Transport());
        optimizer.ZeroGrad();
    }

    private static void Train(Module model, Optimizer optimizer, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            using var scope = TensorScope.Begin();
            model.Forward(Example()).Square().Mean().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    private static Tensor Example() => Tensor.Normal([12, 3], new Philox(2), type: DataType.Float64);

    private static double[][] Values(Module model) => [.. model.Parameters().Select(parameter => parameter.Tensor.ToArray<double>())];
}
