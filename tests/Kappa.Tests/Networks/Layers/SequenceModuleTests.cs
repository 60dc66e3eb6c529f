using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks.Layers;

public sealed class SequenceModuleTests
{
    [Fact]
    public void Norms_have_the_moments_they_promise_and_apply_their_parameters()
    {
        var x = Tensor.Normal([4, 50], new Philox(1), 3, 2, DataType.Float64);
        var layer = new LayerNorm(50, type: DataType.Float64);
        var root = new RMSNorm(50, parameters: false, type: DataType.Float64);
        var (centred, scaled) = (layer.Forward(x), root.Forward(x));
        for (int row = 0; row < 4; row++)
        {
            Assert.Equal(0, centred.Slice(0, row, 1).Mean().ToDouble(), 1e-12);
            Assert.Equal(1, centred.Slice(0, row, 1).Square().Mean().ToDouble(), 1e-4);
            Assert.Equal(1, scaled.Slice(0, row, 1).Square().Mean().ToDouble(), 1e-5);
        }

        Assert.Equal(["weight", "bias"], layer.Parameters().Select(parameter => parameter.Name));
        Assert.Empty(root.Parameters());
        layer.Parameters()[0].Tensor.Values<double>().Fill(2);
        layer.Parameters()[1].Tensor.Values<double>().Fill(5);
        double[] expected = [.. centred.ToArray<double>().Select(value => (2 * value) + 5)];
        Assert.Equal(expected, layer.Forward(x).ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Contains("expected an input [..., 50]; got [4]",
            Assert.Throws<TensorShapeException>(() => layer.Forward(Tensor.Zeros([4], DataType.Float64))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropout_keeps_the_mean_is_off_in_evaluation_and_resumes_from_its_state()
    {
        var dropout = new Dropout(0.25);
        _ = dropout.Initialize(new Philox(3));
        var ones = Tensor.Ones([100, 100]);
        float[] first = dropout.Forward(ones).ToArray<float>();
        Assert.Equal([0f, 1 / 0.75f], first.Distinct().Order());
        // 10,000 draws: the standard error of the mean is 0.0058.
        Assert.Equal(1, first.Average(), 0.025);
        var saved = dropout.StateDict();
        int draws = saved["draws"].Values<int>()[0];
        float[] second = dropout.Forward(ones).ToArray<float>();
        Assert.NotEqual(first, second);
        saved["draws"].Values<int>()[0] = draws;
        Assert.Equal(second, dropout.Forward(ones).ToArray<float>());
        dropout.Eval();
        Assert.Same(ones, dropout.Forward(ones));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(1));
    }

    [Fact]
    public void Embedding_picks_rows_and_its_gradient_counts_them()
    {
        var embedding = new Embedding(4, 3);
        var tokens = Tensor.From([2, 0, 2, 2], [2, 2]);
        var picked = embedding.Forward(tokens);
        Assert.Equal([2, 2, 3], picked.Shape.ToArray());
        Assert.Equal(embedding.Weight.ToArray<float>()[6..9], picked.ToArray<float>()[..3]);
        picked.Sum().Backward();
        Assert.Equal([1, 1, 1, 0, 0, 0, 3, 3, 3, 0, 0, 0], embedding.Weight.Gradient!.ToArray<float>());
    }

    [Fact]
    public void Rotation_keeps_lengths_and_makes_products_depend_on_the_distance()
    {
        var rotary = new RotaryEmbedding(20, 6, type: DataType.Float64);
        var row = Tensor.Normal([1, 1, 1, 6], new Philox(1), type: DataType.Float64);
        var sequence = rotary.Forward(Tensor.Concat(1, [.. Enumerable.Repeat(row, 20)])).ToArray<double>();
        double Product(int i, int j) => Enumerable.Range(0, 6).Sum(k => sequence[(6 * i) + k] * sequence[(6 * j) + k]);
        Assert.Equal(row.ToArray<double>(), sequence[..6]);
        for (int i = 0; i < 17; i++)
        {
            Assert.Equal(Product(0, 0), Product(i, i), 1e-12);
            Assert.Equal(Product(0, 3), Product(i, i + 3), 1e-12);
        }

        Assert.NotEqual(Product(0, 0), Product(0, 1), 1e-3);
    }
}
