using Kappa.Isometry;
using Kappa.LinearAlgebra.Arithmetic;
using Kappa.Networks;
using Kappa.Networks.Models;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Networks.Models;
using Kappa.Tests.Optimizers;

namespace Kappa.Tests.Tensors.Cpu.Threads;

/// <summary>Results do not depend on the number of threads. These tests run alone: beside others the threads may be busy, or another number be set.
/// </summary>
[Collection(KernelCases.Name)]
public sealed class ThreadCountTests
{
    public static TheoryData<IsometryVariant> Variants => [.. Enum.GetValues<IsometryVariant>()];

    [Fact]
    public void Elementwise_functions_and_reductions_have_the_same_bits() => Same(() =>
    {
        var values = new List<float>();
        foreach (var activation in Enum.GetValues<Activation>())
        {
            var generator = new Philox(3);
            var (x, weight, bias) = (
                Leaf(Tensor.Normal([150, 130], generator)), Leaf(Tensor.Normal([260, 130], generator, 0, 0.1)), Leaf(Tensor.Normal([260], generator)));
            var y = x.Linear(weight, bias, activation);
            var z = ((y + y.Tanh()) * y.Sigmoid()).Gelu() - bias;
            var loss = Loss.MeanSquaredError(z, y.Exp().Reciprocal()) + z.Softmax().Square().Mean() + (z.Sum(0).Mean() * 0.01);
            loss.Backward();
            values.AddRange([(float)loss.ToDouble(), .. Numbers(z, x.Gradient!, weight.Gradient!, bias.Gradient!)]);
        }

        return values;
    });

    [Theory]
    [MemberData(nameof(ConvolutionTests.Sizes), MemberType = typeof(ConvolutionTests))]
    public void Convolutions_have_the_same_bits(
        int batch, int inputs, int height, int width, int outputs, int kernel, int stride, int padding, int dilation, int groups) =>
        Same(() =>
        {
            var generator = new Philox(4);
            var x = Leaf(Tensor.Normal([batch, inputs, height, width], generator));
            var weight = Leaf(Tensor.Normal([outputs, inputs / groups, kernel, kernel], generator));
            var bias = Leaf(Tensor.Normal([outputs], generator));
            var y = x.Conv2d(weight, bias, stride, padding, dilation, groups, Activation.Relu);
            y.Backward(Tensor.Normal(y.Shape, generator));
            return Numbers(y, x.Gradient!, weight.Gradient!, bias.Gradient!);
        });

    [Fact]
    public void Sums_over_many_rows_have_the_same_bits() => Same(() =>
    {
        const int Rows = 300_001;
        var x = Tensor.Uniform([Rows, 5], new Philox(7), 0.1, 1);
        var (w, table) = (Leaf(Tensor.Uniform([5, 5], new Philox(7), 0.1, 1)), Leaf(Tensor.Uniform([7, 5], new Philox(7), 0.1, 1)));
        var bias = Leaf(Tensor.Zeros([5]));
        var rows = Tensor.From([.. Enumerable.Range(0, Rows).Select(i => i % 11 % 7)], [Rows]);
        (x.Linear(w, bias) + table.Gather(rows)).BatchNorm(null, null).LayerNorm().Square().Mean().Backward();
        return Numbers(x.Sum(0), w.Gradient!, bias.Gradient!, table.Gradient!, x.Reshape([1, 5 * Rows]).Softmax().Sum(1));
    });

    [Fact]
    public void Gradients_of_a_transformer_have_the_same_bits() => Same(() =>
    {
        var model = new Transformer(new TransformerOptions { VocabularySize = 7, ContextLength = 100, Width = 64, Layers = 2, Heads = 4, KeyHeads = 2 });
        _ = model.Initialize(new Philox(1));
        TransformerTests.Scramble(model);
        var (_, gradient) = Differentiate.Gradient(
            () => Loss.CrossEntropy(
                model.Forward(TransformerTests.Tokens(3, 100)).Reshape([300, 7]), TransformerTests.Tokens(3, 100, 4).Reshape([300])),
            [.. model.Parameters().Select(p => p.Tensor)]);
        return Numbers([.. gradient]);
    });

    [Fact]
    public void Projections_onto_a_basis_have_the_same_bits() => Same(() =>
    {
        using var basis = new OrthonormalBasis(8, 70_000, DataType.Float32, Device.Cpu);
        _ = basis.AppendRandom(8, new Philox(5));
        using var block = Tensor.Normal([3, 70_000], new Philox(6));
        return basis.Project(block).Cast<double>();
    });

    [Theory]
    [MemberData(nameof(OptimizerCases.Names), MemberType = typeof(OptimizerCases))]
    public void An_optimizer_steps_to_the_same_bits(string name) => Same(() =>
    {
        // Several chunks with ragged ends, a tensor of one element, and one without any.
        var problem = new FakeGradients(DataType.Float32, [160, 321], [1], [0], [40_001]);
        var optimizer = OptimizerCases.Make(name, problem.Parameters);
        optimizer.MaxGradientNorm = 10;
        return Stepped(problem, optimizer);
    });

    [Theory]
    [MemberData(nameof(Variants))]
    public void AdamO_steps_to_the_same_bits(IsometryVariant variant) => Same(() =>
    {
        var problem = new FakeGradients(DataType.Float32, [300, 201], [300], [201, 300], [40, 8, 3, 3], [10, 201]);
        return Stepped(problem, new AdamO(problem.Parameters, 0.01, new IsometryOptions { Strength = 5, Variant = variant }));
    });

    private static IEnumerable<double> Stepped(FakeGradients problem, Optimizer optimizer)
    {
        for (int step = 0; step < 3; step++)
        {
            _ = problem.Draw(step);
            optimizer.Step();
        }

        return problem.Values().SelectMany(values => values);
    }

    /// <summary>Computes with one, two and three threads.</summary>
    private static void Same<T>(Func<IEnumerable<T>> compute)
    {
        T[]? first = null;
        foreach (int threads in (int[])[1, 2, 3])
        {
            KernelCases.WithThreads(threads, () =>
            {
                using var scope = TensorScope.Begin();
                T[] found = [.. compute()];
                first ??= found;
                Assert.Equal(first, found);
            });
        }
    }

    private static Tensor Leaf(Tensor tensor)
    {
        tensor.RequiresGradient = true;
        return tensor;
    }

    private static float[] Numbers(params Tensor[] tensors) => [.. tensors.SelectMany(tensor => tensor.ToArray<float>())];
}
