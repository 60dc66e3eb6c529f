using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;

namespace Kappa.Tests.Rescaling;

public class BatchNormModeTests
{
    [Fact]
    public void In_reference_mode_the_units_are_those_in_front_and_the_scales_those_of_the_network_without_the_norm()
    {
        // At its start a normalisation in evaluation mode divides by sqrt(1 + epsilon) and nothing else.
        var (plain, normal) = (Make(false), Make(true));
        normal.LoadStateDict(plain.StateDict(), strict: false);
        var expected = PathConditioning.Analyse(plain, new() { Sweeps = 10, Tolerance = 0 });
        var got = PathConditioning.Analyse(normal, new() { Sweeps = 10, Tolerance = 0, BatchNorm = BatchNormMode.Reference });
        // The published code counts the parameters of the normalisation in p, and their constant share in the total.
        Assert.Equal(expected.Parameters + 40, got.Parameters);
        Assert.Equal(["first", "second"], got.Layers.Select(layer => layer.Path));
        Assert.Equal(expected.LogScales.Count, got.LogScales.Count);
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void In_reference_mode_the_function_is_unchanged_in_evaluation_mode_even_after_training_and_changes_in_training_mode(DataType type)
    {
        var (model, input) = RescalableNetworks.Create("conv-bn-pool", type);
        using var x = RescalableNetworks.Example(input, type);
        var (eval, train) = Both(model, x);
        var result = PathConditioning.Rescale(model, new() { InputShape = input, BatchNorm = BatchNormMode.Reference });
        Assert.DoesNotContain(result.Layers, layer => layer.Kind == "BatchNorm");
        var (evalAfter, trainAfter) = Both(model, x);
        Assert.True(Error(eval, evalAfter) < (type == DataType.Float32 ? 1e-5 : 1e-12));
        Assert.True(Error(train, trainAfter) > 1e-2);
    }

    [Fact]
    public void By_default_the_incoming_parameters_are_the_norms_own_and_the_layer_in_front_is_left_alone_with_the_reason()
    {
        var (model, input) = RescalableNetworks.Create("mlp-bn", DataType.Float64);
        double[] weight = model.Parameters()[0].Tensor.ToArray<double>(), scale = model.Parameters()[2].Tensor.ToArray<double>();
        var result = PathConditioning.Rescale(model, new() { InputShape = input });
        Assert.Equal(["1", "4"], result.Layers.Select(layer => layer.Path));
        Assert.All(result.Layers, layer => Assert.Equal("BatchNorm", layer.Kind));
        Assert.Contains(result.LeftAlone,
            entry => entry is { Path: "0", Count: 12 } && entry.Reason.Contains("in front of the batch normalisation 1", StringComparison.Ordinal));
        Assert.Equal(weight, model.Parameters()[0].Tensor.ToArray<double>());
        Assert.Equal(scale.Zip(result.Layers[0].Scales, (value, factor) => value * factor), model.Parameters()[2].Tensor.ToArray<double>());
    }

    private static Module Make(bool normalize)
    {
        const DataType Type = DataType.Float64;
        var modules = new List<(string, Module)> { ("first", new Linear(6, 12, type: Type)) };
        if (normalize)
            modules.Add(("norm1", new BatchNorm1d(12, type: Type)));
        modules.Add(("relu1", new ReLU()));
        modules.Add(("second", new Linear(12, 8, type: Type)));
        if (normalize)
            modules.Add(("norm2", new BatchNorm1d(8, type: Type)));
        modules.AddRange([("relu2", new ReLU()), ("last", new Linear(8, 3, type: Type))]);
        return new Sequential([.. modules]).Initialize(new Philox(3));
    }

    private static (Tensor Eval, Tensor Train) Both(Module model, Tensor x)
    {
        using var _ = NoGradient.Begin();
        model.Eval();
        var eval = model.Forward(x);
        var state = model.StateDict().Select(entry => (entry.Value, Copy: entry.Value.Clone())).ToArray();
        model.Train();
        var train = model.Forward(x);
        foreach (var (own, copy) in state)
            own.CopyFromInPlace(copy);
        return (eval, train);
    }

    private static double Error(Tensor expected, Tensor got)
    {
        double size = Enumerable.Range(0, expected.Count).Max(i => Math.Abs(expected.ElementAsDouble(i)));
        return Enumerable.Range(0, expected.Count).Max(i => Math.Abs(expected.ElementAsDouble(i) - got.ElementAsDouble(i))) / size;
    }
}
