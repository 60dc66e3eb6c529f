using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;

namespace Kappa.Tests.Rescaling;

public class FaultTests
{
    [Fact]
    public void A_model_without_a_hidden_unit_is_refused_with_the_reason()
    {
        var error = Assert.Throws<NotRescalableException>(() => PathConditioning.Rescale(new Sequential(new Linear(3, 2), new ReLU())));
        Assert.Contains("no hidden unit that can be rescaled", error.Message, StringComparison.Ordinal);
        Assert.Contains("0: it is an output of the network", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_without_homogeneous_activations_is_refused_layer_by_layer()
    {
        var model = new Sequential(new Linear(3, 4), new GELU(), new Linear(4, 4), new Tanh(), new Linear(4, 2));
        var error = Assert.Throws<NotRescalableException>(() => PathConditioning.Analyse(model));
        Assert.Contains("0: its activation Gelu is not positively homogeneous", error.Message, StringComparison.Ordinal);
        Assert.Contains("2: its activation Tanh", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_front_of_a_layer_norm_units_are_left_alone_and_behind_it_its_own_scale_and_shift_are_a_units_parameters()
    {
        var model = new Sequential(new Linear(3, 4), new LayerNorm(4), new Linear(4, 2));
        var result = PathConditioning.Rescale(model);
        Assert.Equal(["1"], result.Layers.Select(layer => layer.Path));
        Assert.Contains("Norm", Assert.Single(result.LeftAlone, entry => entry.Path == "0").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transformer_is_refused_with_reasons()
    {
        var model = new Transformer(new TransformerOptions { VocabularySize = 7, ContextLength = 4, Width = 8, Layers = 1, Heads = 2, MlpRatio = 2 });
        var error = Assert.Throws<NotRescalableException>(() => PathConditioning.Rescale(model));
        Assert.Contains("not positively homogeneous", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_weight_that_is_not_finite_is_named(float bad)
    {
        var model = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2));
        model.Parameters()[2].Tensor.Values<float>()[5] = bad;
        foreach (var action in (Action[])[() => PathConditioning.Rescale(model), () => EquiNormalization.Rescale(model), () => PathLifting.Norm(model)])
        {
            var error = Assert.Throws<NonFiniteException>(action);
            Assert.Contains("2.weight [2, 4]", error.Message, StringComparison.Ordinal);
            Assert.Contains("[1, 1]", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Dead_units_zero_rows_and_pruned_weights_keep_their_scale_and_are_reported()
    {
        var model = new Sequential(
            new Linear(3, 5, type: DataType.Float64), new ReLU(), new Linear(5, 4, type: DataType.Float64), new ReLU(),
            new Linear(4, 2, type: DataType.Float64));
        var first = model.Parameters()[0].Tensor.Values<double>();
        var second = model.Parameters()[2].Tensor.Values<double>();
        first.Slice(3, 3).Clear();
        model.Parameters()[1].Tensor.Values<double>()[1] = 0;
        for (int o = 0; o < 4; o++)
            second[(o * 5) + 2] = 0;
        for (int i = 0; i < second.Length; i += 3)
            second[i] = 0;
        foreach (var result in (RescalingResult[])[EquiNormalization.Analyse(model), PathConditioning.Rescale(model)])
        {
            var dead = Assert.Single(result.LeftAlone, entry => entry.Path == "0");
            Assert.Equal(2, dead.Count);
            Assert.StartsWith("dead", dead.Reason, StringComparison.Ordinal);
            Assert.Equal([-1, -1], result.Layers[0].Units.Where((_, i) => i is 1 or 2));
            Assert.Equal([1, 1], result.Layers[0].Scales.Where((_, i) => i is 1 or 2));
            Assert.All(result.LogScales, z => Assert.True(double.IsFinite(z)));
            Assert.True(result.Converged);
        }

        Assert.Equal(0, model.Parameters()[0].Tensor.Values<double>()[4]);
    }

    [Theory]
    [InlineData(1e30f, 1e-30f)]
    [InlineData(1e30f, 1e30f)]
    [InlineData(1e-30f, 1e-30f)]
    public void Weights_of_1e30_and_1e_minus_30_are_rescaled_to_the_network_that_ordinary_ones_give(float first, float second)
    {
        Sequential Make() =>
            new(new Linear(3, 6, false), new ReLU(), new Linear(6, 5, false), new ReLU(), new Linear(5, 4, false), new ReLU(), new Linear(4, 2, false));
        var (ordinary, extreme) = (Make(), Make());
        void Multiply(int parameter, float factor)
        {
            foreach (ref float value in extreme.Parameters()[parameter].Tensor.Values<float>())
                value *= factor;
        }

        Multiply(0, first);
        Multiply(2, second);
        var options = new RescalingOptions { Tolerance = 1e-10, Sweeps = 5000 };
        var expected = PathConditioning.Rescale(ordinary, options);
        var result = PathConditioning.Rescale(extreme, options);
        Assert.True(result.Converged && result.Residual < 1e-6, $"{result.Sweeps} sweeps, residual {result.Residual}");
        // Multiplying whole layers multiplies the lifting, so that the best network is the same but for a factor of each layer: its balance within layers
        // agrees.
        Assert.Equal(expected.LogScales.Count, result.LogScales.Count);
        var (a, b) = (ordinary.Parameters()[0].Tensor.ToArray<float>(), extreme.Parameters()[0].Tensor.ToArray<float>());
        double ratio = b[0] / (double)a[0];
        Assert.All(a.Zip(b), pair => Assert.Equal(ratio, pair.Second / (double)pair.First, Math.Abs(ratio) * 1e-3));
    }

    [Fact]
    public void Float64_weights_far_outside_the_range_of_squares_work()
    {
        var model = new Sequential(new Linear(2, 3, type: DataType.Float64), new ReLU(), new Linear(3, 2, type: DataType.Float64));
        foreach (ref double value in model.Parameters()[0].Tensor.Values<double>())
            value *= 1e180;
        foreach (ref double value in model.Parameters()[1].Tensor.Values<double>())
            value *= 1e180;
        var result = PathConditioning.Rescale(model);
        Assert.True(result.Converged);
        Assert.All(result.LogScales, z => Assert.True(double.IsFinite(z)));
    }

    [Fact]
    public void A_convolution_without_the_shape_of_its_input_says_what_to_give()
    {
        var model = new Sequential(new Conv2d(3, 4, 3), new ReLU(), new Conv2d(4, 2, 3));
        var error = Assert.Throws<ArgumentException>(() => PathConditioning.Rescale(model));
        Assert.Contains("RescalingOptions.InputShape, such as [3, 32, 32]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_that_the_model_does_not_take_is_told_from_the_model()
    {
        var model = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2));
        var error = Assert.Throws<ArgumentException>(() => PathConditioning.Rescale(model, new() { InputShape = [5] }));
        Assert.Contains("the model does not take an example of [1, 5]", error.Message, StringComparison.Ordinal);
        Assert.Contains("InputShape", error.Message, StringComparison.Ordinal);
        Assert.True(model.Training);
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        foreach (var (options, name) in ((RescalingOptions, string)[])[(new() { Sweeps = 0 }, "Sweeps"), (new() { Tolerance = -1 }, "Tolerance"),
            (new() { Tolerance = double.NaN }, "Tolerance"), (new() { InputShape = [3, 0] }, "InputShape"),
            (new() { BatchNorm = (BatchNormMode)9 }, "BatchNorm")])
        {
            Assert.Contains($"RescalingOptions.{name}", Assert.Throws<ArgumentOutOfRangeException>(options.Validate).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_module_that_hides_a_use_of_its_weights_is_found_out_and_put_back()
    {
        var model = new Hiding();
        byte[][] before = [.. model.Parameters().Select(parameter => parameter.Tensor.Bytes.ToArray())];
        var error = Assert.Throws<NotRescalableException>(() => PathConditioning.Rescale(model));
        Assert.Contains("it was undone", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, model.Parameters().Select(parameter => parameter.Tensor.Bytes.ToArray()));
    }

    [Theory]
    [InlineData(DataType.Float32, 100)]
    [InlineData(DataType.Float64, 800)]
    public void Scales_that_would_take_a_weight_out_of_the_range_of_its_type_are_refused_before_anything_changes(DataType type, double spread)
    {
        foreach (bool convolution in (bool[])[false, true])
        {
            Module model = convolution
                ? new Sequential(
                    new Conv2d(2, 6, 3, type: type), new ReLU(), new Conv2d(6, 4, 2, type: type), new ReLU(), new Flatten(), new Linear(4, 2, type: type))
                : new Sequential(new Linear(3, 6, type: type), new ReLU(), new Linear(6, 4, type: type), new ReLU(), new Linear(4, 2, type: type));
            byte[][] before = [.. model.Parameters().Select(parameter => parameter.Tensor.Bytes.ToArray())];
            var options = new RescalingOptions { InputShape = convolution ? [2, 4, 4] : [3], Verify = false };
            var error = Assert.Throws<NonFiniteException>(() => PathConditioning.ResetRandomly(model, new Philox(1), spread, options));
            Assert.Contains($"out of the range of {type}; nothing was changed", error.Message, StringComparison.Ordinal);
            Assert.Equal(before, model.Parameters().Select(parameter => parameter.Tensor.Bytes.ToArray()));
        }
    }

    [Fact]
    public void A_unit_that_reaches_something_unknown_beside_a_ReLU_is_left_alone_and_the_rest_is_rescaled()
    {
        var model = new Sequential(new Linear(6, 12), new ReLU(), new Linear(12, 8), new GELU(), new Linear(8, 5), new ReLU(), new Linear(5, 4));
        var result = PathConditioning.Rescale(model);
        Assert.Equal(["0", "4"], result.Layers.Select(layer => layer.Path));
        Assert.Equal(["2", "6"], result.LeftAlone.Select(entry => entry.Path));
        Assert.Equal(17, result.LogScales.Count);
        Assert.Contains("Gelu", result.LeftAlone[0].Reason, StringComparison.Ordinal);
        Assert.Equal(8, result.LeftAlone[0].Count);
    }

    [Fact]
    public void A_parameter_that_multiplies_several_units_at_once_keeps_its_value_and_they_stay_units_of_their_own()
    {
        var (shared, input) = RescalableNetworks.Create("mlp-prelu", DataType.Float64);
        Assert.Equal(19, PathConditioning.Analyse(shared, new() { InputShape = input }).LogScales.Count);
        var model = new ScaledByOne();
        using var x = Tensor.Normal([4, 3], new Philox(2), type: DataType.Float64);
        double[] before = model.Forward(x).ToArray<double>();
        var result = PathConditioning.Rescale(model, new() { Verify = false });
        Assert.Equal(5, result.LogScales.Count);
        Assert.Contains(result.LogScales, z => Math.Abs(z) > 0.1);
        Assert.Equal(1.5, model.Factor.ToDouble());
        Assert.All(before.Zip(model.Forward(x).ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    /// <summary>One number multiplies all units between two layers.</summary>
    private sealed class ScaledByOne : Module
    {
        private readonly Linear _first, _second;

        internal ScaledByOne()
        {
            _first = RegisterModule("first", new Linear(3, 5, type: DataType.Float64));
            Factor = RegisterParameter("factor", Tensor.Full([1], 1.5, DataType.Float64));
            _second = RegisterModule("second", new Linear(5, 2, type: DataType.Float64));
        }

        internal Tensor Factor { get; }

        protected override Tensor ForwardCore(Tensor input) => _second.Forward(_first.Forward(input).Relu() * Factor);
    }

    /// <summary>Adds the first layer's outputs without their history.</summary>
    private sealed class Hiding : Module
    {
        private readonly Linear _first, _second;

        internal Hiding()
        {
            _first = RegisterModule("first", new Linear(3, 3));
            _second = RegisterModule("second", new Linear(3, 3));
        }

        protected override Tensor ForwardCore(Tensor input)
        {
            var hidden = _first.Forward(input).Relu();
            return _second.Forward(hidden) + hidden.Detach();
        }
    }
}
