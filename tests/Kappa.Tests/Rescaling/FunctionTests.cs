using Kappa.Networks;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;

namespace Kappa.Tests.Rescaling;

/// <summary>Facts 1, 2 and 4 of the method, on every kind of network.</summary>
public class FunctionTests
{
    public static TheoryData<string, DataType> Cases() => RescalableNetworks.All();

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_function_is_unchanged_in_evaluation_and_in_training_mode(string name, DataType type)
    {
        var (model, input) = RescalableNetworks.Create(name, type);
        Unchanged(model, input, type, () => PathConditioning.Rescale(model, new() { InputShape = input, Verify = false }));
    }

    /// <summary>Between the norms of a block, ReLU units are free.</summary>
    [Theory]
    [InlineData(DataType.Float32, 1e-5)]
    [InlineData(DataType.Float64, 1e-13)]
    public void A_transformer_with_ReLU_is_rescaled_and_keeps_its_function(DataType type, double precision)
    {
        var options = new TransformerOptions
        {
            VocabularySize = 7, ContextLength = 5, Width = 8, Layers = 2, Heads = 2, MlpRatio = 2, MlpActivation = Activation.Relu,
        };
        var model = new Transformer(options, type).Initialize(new Philox(1));
        // Blocks start by adding nothing, and units that nothing leaves have no best scale.
        foreach (var (index, parameter) in model.Parameters().Index())
            parameter.Tensor.Backend.Copy(Tensor.Normal(parameter.Tensor.Shape, new Philox((ulong)index), type: type) * 0.3, parameter.Tensor);
        var tokens = Tensor.From([1, 2, 3, 6, 0, 5], [2, 3]);
        double[] Outputs()
        {
            using var quiet = NoGradient.Begin();
            return model.Forward(tokens).To(DataType.Float64).ToArray<double>();
        }
        double[] before = Outputs();
        var result = PathConditioning.Rescale(model);
        Assert.Equal(["block0.mlp.up", "block1.mlp.up"], result.Layers.Select(layer => layer.Path));
        Assert.Equal(2 * 16, result.LogScales.Count);
        Assert.True(result.CriterionAfter < result.CriterionBefore);
        Assert.All(before.Zip(Outputs()), pair => Assert.Equal(pair.First, pair.Second, precision * before.Max(Math.Abs)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_function_is_unchanged_by_the_baseline_and_by_random_scales(string name, DataType type)
    {
        var (model, input) = RescalableNetworks.Create(name, type);
        Unchanged(model, input, type, () => EquiNormalization.Rescale(model, new() { InputShape = input, Verify = false }));
        Unchanged(model, input, type, () => PathConditioning.ResetRandomly(model, new Philox(3), 1, new() { InputShape = input, Verify = false }));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_criterion_never_increases_and_its_gradient_vanishes_at_convergence(string name, DataType type)
    {
        var (model, input) = RescalableNetworks.Create(name, type);
        var result = PathConditioning.Rescale(model, new() { InputShape = input, Tolerance = 1e-11, Sweeps = 20_000 });
        double last = result.CriterionBefore;
        foreach (double criterion in result.CriterionHistory)
        {
            Assert.True(criterion <= last + (1e-12 * Math.Abs(last)), $"{last} -> {criterion}");
            last = criterion;
        }

        Assert.True(result.Converged, $"{result.Sweeps} sweeps, {result.LargestChange}");
        Assert.True(result.Residual < 1e-8, $"residual {result.Residual}");
        Assert.True(result.CriterionAfter < result.CriterionBefore);
        // The rescaled network is at the minimum: its own best scales are 1.
        var again = PathConditioning.Analyse(model, new() { InputShape = input, Tolerance = 1e-9 });
        double precision = type == DataType.Float32 ? 1e-4 : 1e-8;
        Assert.All(again.LogScales, z => Assert.InRange(z, -precision, precision));
        Assert.Equal(again.CriterionBefore, again.CriterionAfter, Math.Abs(again.CriterionBefore) * 1e-9);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_randomly_rescaled_copy_is_rescaled_to_the_same_network(string name, DataType type)
    {
        var (model, input) = RescalableNetworks.Create(name, type);
        var (copy, _) = RescalableNetworks.Create(name, type);
        var options = new RescalingOptions { InputShape = input, Tolerance = 1e-12, Sweeps = 20_000 };
        _ = PathConditioning.ResetRandomly(copy, new Philox(8), 1.5, options);
        _ = PathConditioning.Rescale(model, options);
        _ = PathConditioning.Rescale(copy, options);
        double tolerance = type == DataType.Float32 ? 2e-4 : 1e-8;
        foreach (var (parameter, other) in model.Parameters().Zip(copy.Parameters()))
            Close(parameter.Tensor, other.Tensor, tolerance, parameter.Name);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Analysis_changes_nothing_and_foretells_the_scales(string name, DataType type)
    {
        var (model, input) = RescalableNetworks.Create(name, type);
        var before = model.StateDict().Select(entry => entry.Value.Clone()).ToArray();
        model.Children[0].Module.Eval();
        var foretold = PathConditioning.Analyse(model, new() { InputShape = input });
        Assert.False(foretold.Applied);
        foreach (var (own, copy) in model.StateDict().Select(entry => entry.Value).Zip(before))
            Assert.True(own.Bytes.SequenceEqual(copy.Bytes));
        Assert.True(model.Training);
        Assert.False(model.Children[0].Module.Training);
        var result = PathConditioning.Rescale(model, new() { InputShape = input });
        Assert.Equal(foretold.LogScales, result.LogScales);
    }

    private static void Unchanged(Module model, int[] input, DataType type, Action rescale)
    {
        using var x = RescalableNetworks.Example(input, type);
        var statistics = Buffers(model);
        var (eval, train) = Run(model, x, statistics);
        var before = model.Parameters().Select(parameter => parameter.Tensor.Clone()).ToArray();
        rescale();
        Assert.Contains(model.Parameters().Zip(before), pair => !pair.First.Tensor.Bytes.SequenceEqual(pair.Second.Bytes));
        foreach (var (now, then) in Buffers(model).Zip(statistics))
            Assert.True(now.Bytes.SequenceEqual(then.Bytes));
        var (evalAfter, trainAfter) = Run(model, x, statistics);
        double tolerance = type == DataType.Float32 ? 1e-5 : 1e-12;
        Close(eval, evalAfter, tolerance, "evaluation");
        Close(train, trainAfter, tolerance, "training");
    }

    private static Tensor[] Buffers(Module model)
    {
        var parameters = model.Parameters().Select(parameter => parameter.Tensor).ToHashSet();
        return [.. model.StateDict().Select(entry => entry.Value).Where(tensor => !parameters.Contains(tensor)).Select(tensor => tensor.Clone())];
    }

    private static (Tensor Eval, Tensor Train) Run(Module model, Tensor x, Tensor[] buffers)
    {
        using var _ = NoGradient.Begin();
        model.Eval();
        var eval = model.Forward(x);
        model.Train();
        var train = model.Forward(x);
        var parameters = model.Parameters().Select(parameter => parameter.Tensor).ToHashSet();
        foreach (var (tensor, copy) in model.StateDict().Select(entry => entry.Value).Where(tensor => !parameters.Contains(tensor)).Zip(buffers))
            tensor.CopyFromInPlace(copy);
        return (eval, train);
    }

    private static void Close(Tensor expected, Tensor got, double tolerance, string what)
    {
        double size = Enumerable.Range(0, expected.Count).Max(i => Math.Abs(expected.ElementAsDouble(i)));
        double error = Enumerable.Range(0, expected.Count).Max(i => Math.Abs(expected.ElementAsDouble(i) - got.ElementAsDouble(i)));
        Assert.True(error <= tolerance * size, $"{what}: off by {error / size:G3} of its size");
    }
}
