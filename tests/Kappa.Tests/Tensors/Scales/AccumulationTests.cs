using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Scales;

/// <summary>Sums over very many float32 numbers, of equal ones, whose rounding all goes one way, and of random ones: what is lost must not grow with their
/// number.</summary>
public sealed class AccumulationTests
{
    private const float Value = 0.47898987f;

    private static readonly (string Name, double Tolerance, int[] Rows, Func<int, bool, (double Expected, double Got)[]> Run)[] Reductions =
    [
        ("sum of all", 1.2e-7, [1000, 1_000_000, 50_000_000], (n, random) => Of(Fill([n], random), x => x.Sum(), 1, n, 1, 1)),
        ("mean of all", 1.2e-7, [1000, 1_000_000, 10_000_000], (n, random) => Of(Fill([n], random), x => x.Mean(), 1, n, 1, n)),
        ("mean over rows of three", 1.2e-7, [1000, 1_000_000, 4_000_000], (n, random) => Of(Fill([n, 3], random), x => x.Mean(0), 1, n, 3, n)),
        ("sum over rows of 40", 1.2e-7, [1000, 1_000_000], (n, random) => Of(Fill([n, 40], random), x => x.Sum(0, keepAxis: true), 1, n, 40, 1)),
        ("sum over a middle axis", 1.2e-7, [1000, 1_000_000], (n, random) => Of(Fill([3, n, 2], random), x => x.Sum(1), 3, n, 2, 1)),
        ("sum over the last axis", 1.2e-7, [1000, 3_000_000], (n, random) => Of(Fill([3, n], random), x => x.Sum(-1), 3, n, 1, 1)),
        ("global average pooling", 1.2e-7, [1000, 3_000_000], (n, random) => Of(Fill([1, 2, n, 1], random), x => x.GlobalAvgPool2d(), 2, n, 1, n)),
        ("average pooling", 1.2e-7, [100, 1500], (n, random) => Of(Fill([1, 1, n, n], random), x => x.AvgPool2d(n), 1, n * n, 1, (double)n * n)),
        ("gradient of a repeated operand", 1.2e-7, [1000, 1_000_000],
            (n, random) => OfGradient(Fill([2, n, 3], random), Tensor.Zeros([3]), (x, w) => x * (w + 1), 1, 2 * n, 3)),
        ("gradient of a bias", 1.2e-7, [1000, 2_000_000], (n, random) => OfLinearBias(n, random)),
        ("gradient of a bias of a convolution", 1.2e-7, [1000, 1_000_000], OfConvolutionBias),
        ("gradient of an embedding, all to one row", 1.2e-7, [1000, 1_000_000], OfEmbedding),
        ("gradient of values with one key", 2e-6, [1000, 400_000], OfValues),
        ("mean squared error", 1.2e-7, [1000, 2_000_000], (n, random) => OfSquares(n, random)),
        ("cross-entropy", 2e-7, [1000, 1_000_000], OfCrossEntropy),
        ("softmax over one row", 1e-6, [1000, 2_000_000], OfSoftmax),
        ("attention to many keys", 4e-6, [1000, 300_000], OfKeys),
        ("mean of a batch in batch normalisation", 1.2e-7, [1000, 1_000_000], OfBatchNorm),
        ("gradient of a weight of a linear layer", 2e-5, [1000, 100_000, 2_000_000], (n, random) => OfWeight(n, random, symmetric: false)),
        ("product of a matrix with itself", 2e-5, [1000, 100_000, 2_000_000], (n, random) => OfWeight(n, random, symmetric: true)),
        ("gradient of a weight of a convolution", 2e-5, [1000, 300_000], OfConvolutionWeight),
    ];

    public static TheoryData<string, int, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, int, bool>();
            foreach (var (name, _, rows, _) in Reductions)
            {
                foreach (int count in rows)
                {
                    data.Add(name, count, false);
                    data.Add(name, count, true);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_rounding_takes_does_not_grow_with_the_number_of_terms(string name, int rows, bool random)
    {
        using var scope = TensorScope.Begin();
        var (_, tolerance, _, run) = Reductions.Single(entry => entry.Name == name);
        foreach (var (expected, got) in run(rows, random))
        {
            Assert.True(Math.Abs(got - expected) <= tolerance * Math.Abs(expected),
                $"{name}, {rows} rows: expected {expected:R}, got {got:R}: off by {Math.Abs(got - expected) / Math.Abs(expected):G3}");
        }
    }

    [Fact]
    public void Double_sums_grow_with_the_logarithm()
    {
        const int Count = 20_000_000;
        var x = Tensor.Full([Count], 0.1, DataType.Float64);
        // The exact sum of equal numbers, and of the three columns of pairs and triples, is their number times one of them.
        decimal one = (decimal)0.1 + 0.0000000000000000055511151231m;
        Assert.Equal((double)(Count * one), x.Sum().ToDouble(), 4e-16 * Count);
        Assert.All(x.Reshape([Count / 4, 4]).Sum(0).ToArray<double>(), sum => Assert.Equal((double)(Count / 4 * one), sum, 4e-16 * Count / 4));
        Assert.Equal(1, Tensor.Ones([49], DataType.Float64).Mean().ToDouble());
    }

    private static Tensor Fill(Shape shape, bool random) => random ? Tensor.Uniform(shape, new Philox(7), 0.1, 1) : Tensor.Full(shape, Value);

    /// <summary>The sums over the middle axis of x seen as [outer, length, inner], in double precision.</summary>
    private static double[] Sums(Tensor x, int outer, int length, int inner)
    {
        var values = x.Values<float>();
        double[] sums = new double[outer * inner];
        for (int i = 0; i < values.Length; i++)
            sums[(i / (length * inner) * inner) + (i % inner)] += values[i];
        return sums;
    }

    private static (double, double)[] Pairs(IEnumerable<double> expected, Tensor got) => [.. expected.Zip(got.To(DataType.Float64).ToArray<double>())];

    private static (double, double)[] Of(Tensor x, Func<Tensor, Tensor> reduce, int outer, int length, int inner, double divisor) =>
        Pairs(Sums(x, outer, length, inner).Select(sum => sum / divisor), reduce(x));

    private static (double, double)[] OfGradient(Tensor x, Tensor w, Func<Tensor, Tensor, Tensor> apply, int outer, int length, int inner)
    {
        w.RequiresGradient = true;
        apply(x, w).Sum().Backward();
        return Pairs(Sums(x, outer, length, inner), w.Gradient!);
    }

    private static (double, double)[] OfLinearBias(int n, bool random)
    {
        var (bias, gradient) = (Tensor.Zeros([1]), Fill([n, 1], random));
        bias.RequiresGradient = true;
        Tensor.Zeros([n, 1]).Linear(Tensor.Zeros([1, 1]), bias).Backward(gradient);
        return Pairs(Sums(gradient, 1, n, 1), bias.Gradient!);
    }

    private static (double, double)[] OfConvolutionBias(int n, bool random)
    {
        var (bias, gradient) = (Tensor.Zeros([2]), Fill([n, 2, 1, 1], random));
        bias.RequiresGradient = true;
        Tensor.Zeros([n, 1, 1, 1]).Conv2d(Tensor.Zeros([2, 1, 1, 1]), bias).Backward(gradient);
        return Pairs(Sums(gradient, 1, n, 2), bias.Gradient!);
    }

    private static (double, double)[] OfConvolutionWeight(int n, bool random)
    {
        var (weight, gradient, x) = (Tensor.Zeros([1, 1, 1, 1]), Fill([n, 1, 4, 4], random), Fill([n, 1, 4, 4], random));
        weight.RequiresGradient = true;
        x.Conv2d(weight, null).Backward(gradient);
        return Pairs([Dot(x, gradient)], weight.Gradient!);
    }

    private static double Dot(Tensor a, Tensor b)
    {
        double sum = 0;
        var x = a.Values<float>();
        var y = b.Values<float>();
        for (int i = 0; i < x.Length; i++)
            sum += (double)x[i] * y[i];
        return sum;
    }

    private static (double, double)[] OfEmbedding(int n, bool random)
    {
        var (table, gradient) = (Tensor.Zeros([3, 2]), Fill([n, 2], random));
        table.RequiresGradient = true;
        table.Gather(Tensor.From(new int[n], [n])).Backward(gradient);
        return Pairs([.. Sums(gradient, 1, n, 2), 0, 0, 0, 0], table.Gradient!);
    }

    private static (double, double)[] OfValues(int n, bool random)
    {
        var (values, gradient) = (Tensor.Ones([1, 1, 1, 2]), Fill([1, n, 1, 2], random));
        values.RequiresGradient = true;
        Tensor.Ones([1, n, 1, 2]).Attention(Tensor.Ones([1, 1, 1, 2]), values).Backward(gradient);
        return Pairs(Sums(gradient, 1, n, 2), values.Gradient!);
    }

    private static (double, double)[] OfKeys(int n, bool random)
    {
        var values = Fill([1, n, 1, 2], random);
        return Pairs(Sums(values, 1, n, 2).Select(sum => sum / n), Tensor.Ones([1, 1, 1, 2]).Attention(Tensor.Ones([1, n, 1, 2]), values));
    }

    private static (double, double)[] OfSquares(int n, bool random)
    {
        var x = Fill([n, 1], random);
        return Pairs([Dot(x, x) / n], Loss.MeanSquaredError(x, Tensor.Zeros([n, 1])));
    }

    private static (double, double)[] OfCrossEntropy(int n, bool random)
    {
        var x = Fill([n, 2], random);
        var values = x.Values<float>();
        double sum = 0;
        for (int i = 0; i < values.Length; i += 2)
            sum += Math.Log(1 + Math.Exp((double)values[i + 1] - values[i]));
        return Pairs([sum / n], Loss.CrossEntropy(x, Tensor.From(new int[n], [n])));
    }

    private static (double, double)[] OfSoftmax(int n, bool random)
    {
        var x = Fill([1, n], random);
        double sum = 0;
        foreach (float value in x.Values<float>())
            sum += Math.Exp(value);
        return [(Math.Exp(x.Values<float>()[3]) / sum, x.Softmax().Values<float>()[3]),
            (x.Values<float>()[3] - Math.Log(sum), x.LogSoftmax().Values<float>()[3])];
    }

    private static (double, double)[] OfBatchNorm(int n, bool random)
    {
        var layer = new BatchNorm1d(2, momentum: 1);
        var x = Fill([n, 2], random);
        _ = layer.Forward(x);
        return Pairs(Sums(x, 1, n, 2).Select(sum => sum / n), layer.RunningMean);
    }

    private static (double, double)[] OfWeight(int n, bool random, bool symmetric)
    {
        var x = Fill([n, 2], random);
        double[] expected = new double[4];
        var values = x.Values<float>();
        for (int i = 0; i < values.Length; i += 2)
        {
            for (int j = 0; j < 4; j++)
                expected[j] += (double)values[i + (j / 2)] * values[i + (j % 2)];
        }

        if (!symmetric)
            return Pairs(expected, x.MatMul(x, transposeA: true));
        var product = Tensor.Zeros([2, 2]);
        Device.Cpu.Backend.SymmetricRankUpdate(transposed: true, x, product, 1, accumulate: false);
        return Pairs(expected, product);
    }
}
