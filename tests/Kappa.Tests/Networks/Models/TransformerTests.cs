using Kappa.Networks;
using Kappa.Networks.Models;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks.Models;

public sealed class TransformerTests
{
    private static readonly TransformerOptions Small = new() { VocabularySize = 7, ContextLength = 6, Width = 8, Layers = 2, Heads = 4, KeyHeads = 2 };

    [Fact]
    public void It_starts_with_all_tokens_equally_likely()
    {
        var model = new Transformer(Small, DataType.Float64);
        var logits = model.Forward(Tokens(2, 5));
        Assert.Equal([2, 5, 7], logits.Shape.ToArray());
        Assert.Equal(Math.Log(7), Loss.CrossEntropy(logits.Reshape([10, 7]), Tokens(2, 5).Reshape([10])).ToDouble(), 1e-12);
    }

    [Fact]
    public void A_token_changes_its_own_logits_and_later_ones_and_none_before()
    {
        var model = Randomized(Small);
        var tokens = Tokens(1, 6);
        double[] before = model.Forward(tokens).ToArray<double>();
        tokens.Values<int>()[3] = (tokens.Values<int>()[3] + 1) % 7;
        double[] after = model.Forward(tokens).ToArray<double>();
        Assert.Equal(before[..21], after[..21]);
        for (int position = 3; position < 6; position++)
            Assert.NotEqual(before[(7 * position)..(7 * (position + 1))], after[(7 * position)..(7 * (position + 1))]);
    }

    [Fact]
    public void Attention_depends_on_distances_and_not_on_absolute_positions()
    {
        // One layer, so that a window of the sequence moved to another place sees the same tokens at the same distances.
        var model = Randomized(Small with { Layers = 1 });
        var whole = model.Forward(Tensor.From([1, 2, 3, 1, 2, 3], [1, 6])).ToArray<double>();
        var twice = model.Forward(Tensor.From([1, 2, 3], [1, 3])).ToArray<double>();
        Assert.Equal(whole[..21], twice, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.NotEqual(whole[14..21], whole[35..42]);
    }

    [Fact]
    public void Its_Hessian_product_equals_the_difference_of_gradients_and_K_at_once_equal_one_by_one()
    {
        var model = Randomized(Small);
        var (tokens, targets) = (Tokens(2, 5), Tokens(2, 5, seed: 9).Reshape([10]));
        Tensor Evaluate() => Loss.CrossEntropy(model.Forward(tokens).Reshape([10, 7]), targets);
        Tensor[] leaves = [.. model.Parameters().Select(parameter => parameter.Tensor)];
        Tensor[] directions = [.. leaves.Select((leaf, i) => Tensor.Normal([3, .. leaf.Shape.ToArray()], new Philox(2).Split(i), type: DataType.Float64))];
        var product = Differentiate.HessianMatrixProduct(Evaluate, leaves, directions);
        Tensor[] first = [.. directions.Select(direction => direction.Entry(0))];
        var single = Differentiate.HessianVectorProduct(Evaluate, leaves, first);
        double[][] Gradient(double step)
        {
            foreach (var (leaf, direction) in leaves.Zip(first))
                Add(leaf, step, direction);
            var (_, gradient) = Differentiate.Gradient(Evaluate, leaves);
            foreach (var (leaf, direction) in leaves.Zip(first))
                Add(leaf, -step, direction);
            return [.. gradient.Select(part => part.ToArray<double>())];
        }

        const double Step = 1e-6;
        var (ahead, behind) = (Gradient(Step), Gradient(-Step));
        for (int i = 0; i < leaves.Length; i++)
        {
            for (int j = 0; j < leaves[i].Count; j++)
            {
                double expected = (ahead[i][j] - behind[i][j]) / (2 * Step);
                Assert.Equal(expected, single.Products[i].ToArray<double>()[j], 1e-6 * Math.Max(1, Math.Abs(expected)));
            }

            Assert.Equal(single.Products[i].ToArray<double>(), product.Products[i].Entry(0).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
        }
    }

    [Fact]
    public void Its_parameters_have_plain_names()
    {
        string[] names = [.. new Transformer(Small with { Layers = 1 }).Parameters().Select(parameter => parameter.Name)];
        Assert.Equal(
            [
                "embedding.weight", "block0.attention.query.weight", "block0.attention.key.weight", "block0.attention.value.weight",
                "block0.attention.output.weight", "block0.mlp.up.weight", "block0.mlp.down.weight", "head.weight",
            ],
            names);
    }

    [Fact]
    public void Bad_sizes_and_inputs_are_named()
    {
        Assert.Contains("Heads takes a divisor of the width 8; got 3",
            Assert.Throws<ArgumentException>(() => new Transformer(Small with { Heads = 3 })).Message, StringComparison.Ordinal);
        Assert.Contains("KeyHeads takes a divisor of the 4 heads; got 3",
            Assert.Throws<ArgumentException>(() => new Transformer(Small with { KeyHeads = 3 })).Message, StringComparison.Ordinal);
        Assert.Contains("heads of even width", Assert.Throws<ArgumentException>(() => new Transformer(Small with { Heads = 8, KeyHeads = 8 })).Message,
            StringComparison.Ordinal);
        var model = new Transformer(Small);
        Assert.Contains("a sequence of 7 tokens is longer than the model's context of 6",
            Assert.Throws<TensorShapeException>(() => model.Forward(Tokens(1, 7))).Message, StringComparison.Ordinal);
        Assert.Contains("position 1 holds 7", Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward(Tensor.From([1, 7], [1, 2]))).Message,
            StringComparison.Ordinal);
        Assert.Contains("expected token ids", Assert.Throws<TensorShapeException>(() => model.Forward(Tensor.Zeros([1, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "2 query heads do not divide evenly among 3",
            Assert.Throws<TensorShapeException>(() => Tensor.Zeros([1, 2, 2, 4]).Attention(Tensor.Zeros([1, 2, 3, 4]), Tensor.Zeros([1, 2, 3, 4]))).Message,
            StringComparison.Ordinal);
    }

    private static Transformer Randomized(TransformerOptions options)
    {
        var model = new Transformer(options, DataType.Float64);
        Scramble(model);
        return model;
    }

    /// <summary>Some layers start at zero, where a test would see nothing.</summary>
    internal static void Scramble(Transformer model)
    {
        foreach (var (name, tensor) in model.Parameters())
        {
            using var values = Tensor.Normal(tensor.Shape, new Philox(6).Split(name), 0, 0.4, tensor.DataType);
            tensor.CopyFromInPlace(values);
        }
    }

    private static void Add(Tensor leaf, double step, Tensor direction)
    {
        var values = leaf.Values<double>();
        for (int i = 0; i < values.Length; i++)
            values[i] += step * direction.Values<double>()[i];
    }

    internal static Tensor Tokens(int batch, int positions, int seed = 3)
    {
        var generator = new Philox((ulong)seed);
        return Tensor.From([.. Enumerable.Range(0, batch * positions).Select(_ => generator.NextInt32(7))], [batch, positions]);
    }
}
