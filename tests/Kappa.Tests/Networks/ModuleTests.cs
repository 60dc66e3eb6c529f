using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks;

public sealed class ModuleTests
{
    [Fact]
    public void Parameters_are_named_by_path_in_order()
    {
        var model = new Sequential(("encoder", new Sequential(new Linear(3, 4), new ReLU())), ("head", new Linear(4, 2, bias: false)));
        Assert.Equal(["encoder.0.weight", "encoder.0.bias", "head.weight"], model.Parameters().Select(parameter => parameter.Name));
        Assert.All(model.Parameters(), parameter => Assert.Equal(parameter.Name, parameter.Tensor.Name));
        Assert.All(model.Parameters(), parameter => Assert.True(parameter.Tensor.RequiresGradient));
        Assert.Equal(["", "encoder", "encoder.0", "encoder.1", "head"], model.Modules().Select(entry => entry.Path));
        Assert.Equal(["encoder.0.weight", "encoder.0.bias", "head.weight"], model.StateDict().Names);
    }

    [Fact]
    public void Asking_a_part_for_its_parameters_does_not_rename_them()
    {
        var layer = new Linear(3, 4);
        _ = layer.Parameters();
        Assert.Equal("weight", layer.Weight.Name);
        var model = new Sequential(layer);
        _ = model.Parameters();
        _ = layer.Parameters();
        Assert.Equal("0.weight", layer.Weight.Name);
    }

    [Fact]
    public void A_module_used_twice_gives_its_parameters_once()
    {
        var shared = new Linear(3, 3);
        var model = new Sequential(shared, new Tanh(), shared);
        Assert.Equal(["0.weight", "0.bias"], model.Parameters().Select(parameter => parameter.Name));
    }

    [Fact]
    public void Names_with_dots_empty_names_and_taken_names_are_rejected()
    {
        Assert.StartsWith("\"a.b\" contains a dot, which separates the parts of a path",
            Assert.Throws<ArgumentException>(() => new Sequential(("a.b", new ReLU()))).Message, StringComparison.Ordinal);
        Assert.StartsWith("Sequential already has something named \"a\"",
            Assert.Throws<ArgumentException>(() => new Sequential(("a", new ReLU()), ("a", new ReLU()))).Message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentException>(() => new Sequential(("", new ReLU())));
    }

    [Fact]
    public void The_default_initialisation_is_the_same_in_every_run_and_goes_by_path()
    {
        var a = Small();
        var b = Small();
        Assert.Equal(Values(a.Parameters()[0].Tensor), Values(b.Parameters()[0].Tensor));
        // Known values, so that a change of the default shows.
        Assert.Equal([.. Values(Small().Initialize(new Philox(0)).Parameters()[2].Tensor)], Values(a.Parameters()[2].Tensor));
        var expected = Tensor.Uniform([4, 3], new Philox(0).Split("0").Split("weight"), -1 / Math.Sqrt(3), 1 / Math.Sqrt(3));
        Assert.Equal(Values(expected), Values(a.Parameters()[0].Tensor));
        Assert.NotEqual(Values(a.Parameters()[0].Tensor), Values(Small().Initialize(new Philox(1)).Parameters()[0].Tensor));
    }

    [Fact]
    public void It_does_not_matter_which_part_of_a_model_is_used_first()
    {
        var expected = Small().Parameters().Select(parameter => Values(parameter.Tensor)).ToArray();
        var partsFirst = Small();
        _ = partsFirst.Children[2].Module.Forward(Tensor.Ones([1, 4]));
        _ = ((Linear)partsFirst.Children[0].Module).Bias;
        Assert.Equal(expected, partsFirst.Parameters().Select(parameter => Values(parameter.Tensor)));
    }

    [Fact]
    public void What_was_written_loaded_or_used_before_is_not_drawn_again()
    {
        var written = new Linear(2, 2);
        written.Weight.CopyFromInPlace(Tensor.Full([2, 2], 7));
        var loaded = new Linear(2, 2);
        loaded.LoadStateDict(new Linear(2, 2, initializer: new XavierInitializer()).StateDict());
        var values = Values(loaded.Weight);
        var model = new Sequential(written, loaded, new Linear(2, 2));
        _ = model.Forward(Tensor.Ones([1, 2]));
        Assert.All(Values(written.Weight), value => Assert.Equal(7, value));
        Assert.Equal(values, Values(loaded.Weight));
        Assert.Contains(Values(model.Parameters()[4].Tensor), value => value != 0);
        _ = model.Initialize(new Philox(5));
        Assert.NotEqual(7, written.Weight.Values<float>()[0]);
    }

    [Fact]
    public void An_initialiser_sets_the_bias_to_zero_each_time()
    {
        var layer = new Linear(3, 4, initializer: new KaimingInitializer());
        Assert.All(Values(layer.Bias!), value => Assert.Equal(0, value));
        layer.Bias!.Values<float>().Fill(3);
        _ = layer.Initialize(new Philox(1));
        Assert.All(Values(layer.Bias!), value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(2, 5)]
    [InlineData(3, 2, 5)]
    [InlineData(2, 1, 3, 5)]
    [InlineData(2, 0, 5)]
    public void Linear_maps_the_last_axis_of_any_input(params int[] lengths)
    {
        var layer = new Linear(5, 3, type: DataType.Float64);
        var x = Tensor.Normal([.. lengths], new Philox(1), type: DataType.Float64);
        x.RequiresGradient = true;
        var y = layer.Forward(x);
        Assert.Equal([.. lengths[..^1], 3], y.Shape.ToArray());
        var expected = x.Reshape([x.Count / 5, 5]).MatMul(layer.Weight, transposeB: true) + layer.Bias!;
        Assert.All(expected.ToArray<double>().Zip(y.ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-13));
        y.Sum().Backward();
        Assert.Equal(x.Shape, x.Gradient!.Shape);
    }

    [Fact]
    public void Train_and_eval_reach_every_module()
    {
        var model = new Sequential(("a", new Sequential(new Linear(2, 2), new Tanh())));
        Assert.All(model.Modules(), entry => Assert.True(entry.Module.Training));
        model.Eval();
        Assert.All(model.Modules(), entry => Assert.False(entry.Module.Training));
        model.Train();
        Assert.All(model.Modules(), entry => Assert.True(entry.Module.Training));
    }

    [Theory]
    [MemberData(nameof(Activations))]
    public void A_sequence_that_fuses_equals_the_modules_one_by_one(Func<ActivationModule> activation)
    {
        var (first, second) = (new Linear(4, 6, type: DataType.Float64), new Linear(6, 3, type: DataType.Float64));
        var (inner, last) = (activation(), activation());
        var model = new Sequential(first, inner, last, second, last);
        _ = model.Initialize(new Philox(2));
        var x = Tensor.Normal([5, 4], new Philox(3), type: DataType.Float64);
        var y = model.Forward(x);
        var expected = last.Forward(second.Forward(last.Forward(inner.Forward(first.Forward(x)))));
        Assert.All(expected.ToArray<double>().Zip(y.ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-14));
    }

    public static TheoryData<Func<ActivationModule>> Activations =>
        [() => new ReLU(), () => new Tanh(), () => new Sigmoid(), () => new GELU(), () => new SiLU()];

    private static Sequential Small() => new(new Linear(3, 4), new ReLU(), new Linear(4, 2));

    private static float[] Values(Tensor tensor) => tensor.ToArray<float>();
}
