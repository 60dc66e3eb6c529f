using Kappa.Networks;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks;

public sealed class CrossEntropyOptionsTests
{
    public static TheoryData<int, int, int, bool, double, bool, DataType> Variants
    {
        get
        {
            var data = new TheoryData<int, int, int, bool, double, bool, DataType>();
            foreach (var (rows, classes) in ((int, int)[])[(1, 2), (7, 5), (64, 33)])
            {
                foreach (int ignored in (int[])[-100, 1])
                {
                    foreach (double smoothing in (double[])[0, 0.1, 1])
                    {
                        foreach (bool weighed in (bool[])[false, true])
                        {
                            foreach (var type in (DataType[])[DataType.Float32, DataType.Float64])
                                data.Add(rows, classes, ignored, true, smoothing, weighed, type);
                        }
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void The_loss_and_its_gradient_are_those_of_the_definition(
        int rows, int classes, int ignored, bool ignores, double smoothing, bool weighed, DataType type)
    {
        using var scope = TensorScope.Begin();
        var generator = new Philox(11);
        double[] logits = [.. Enumerable.Range(0, rows * classes).Select(_ => (double)(float)(4 * (generator.NextDouble() - 0.5)))];
        int[] labels = [.. Enumerable.Range(0, rows).Select(i => i % 4 == 3 ? ignored : i == 0 ? 0 : i * 5 % classes)];
        double[] weights = [.. Enumerable.Range(0, classes).Select(c => c == 2 ? 0 : 0.25 + (c % 3))];
        var options = new CrossEntropyOptions { IgnoreIndex = ignores ? ignored : null, LabelSmoothing = smoothing, ClassWeights = weighed ? weights : null };
        var (expected, gradient) = Reference(logits, labels, classes, ignored, smoothing, weighed ? weights : [.. Enumerable.Repeat(1.0, classes)]);
        var x = Tensor.From(logits, [rows, classes]).To(type);
        x.RequiresGradient = true;
        var loss = Loss.CrossEntropy(x, Tensor.From(labels, [rows]), options);
        double tolerance = type == DataType.Float32 ? 2e-6 : 1e-14;
        Assert.Equal(expected, loss.ToDouble(), tolerance * Math.Max(1, expected));
        loss.Backward();
        double[] got = x.Gradient!.To(DataType.Float64).ToArray<double>();
        for (int i = 0; i < got.Length; i++)
            Assert.Equal(gradient[i], got[i], tolerance);
    }

    /// <summary>Worked out apart from any code here, for logits (1, 0, 0.5), (0.25, 1, -1) and one ignored row.</summary>
    [Theory]
    [InlineData(0, false, 1.2025376994090244)]
    [InlineData(0.1, false, 1.2108710327423577)]
    [InlineData(0, true, 1.1866319645752461)]
    [InlineData(0.1, true, 1.2019958090194474)]
    public void Known_numbers(double smoothing, bool weighed, double expected)
    {
        using var scope = TensorScope.Begin();
        var logits = Tensor.From([1.0, 0, 0.5, 0.25, 1, -1, 9, 9, 9], [3, 3]);
        var options = new CrossEntropyOptions { IgnoreIndex = -100, LabelSmoothing = smoothing, ClassWeights = weighed ? [0.5, 1, 3] : null };
        Assert.Equal(expected, Loss.CrossEntropy(logits, Tensor.From(2, 0, -100), options).ToDouble(), 1e-14);
    }

    [Fact]
    public void Without_options_it_is_the_plain_loss_and_a_label_out_of_range_is_refused()
    {
        var logits = Tensor.From([1.0, 2, 3, 4], [2, 2]);
        Assert.Equal(Loss.CrossEntropy(logits, Tensor.From(0, 1)).ToDouble(), Loss.CrossEntropy(logits, Tensor.From(0, 1), new()).ToDouble());
        var plain = Assert.Throws<ArgumentOutOfRangeException>(() => Loss.CrossEntropy(logits, Tensor.From(0, -100)));
        Assert.Contains("labels lie in 0..1; position 1 holds -100", plain.Message, StringComparison.Ordinal);
        var ignoring = Assert.Throws<ArgumentOutOfRangeException>(() => Loss.CrossEntropy(logits, Tensor.From(7, 1), new() { IgnoreIndex = -100 }));
        Assert.Contains("labels lie in 0..1 or are -100; position 0 holds 7", ignoring.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_of_which_no_row_counts_is_refused()
    {
        var logits = Tensor.From([1.0, 2, 3, 4], [2, 2]);
        var ignored = Assert.Throws<ArgumentException>(() => Loss.CrossEntropy(logits, Tensor.From(-1, -1), new() { IgnoreIndex = -1 }));
        Assert.Contains("every label is -1, the IgnoreIndex", ignored.Message, StringComparison.Ordinal);
        var weightless = Assert.Throws<ArgumentException>(() => Loss.CrossEntropy(logits, Tensor.From(0, 0), new() { ClassWeights = [0, 1] }));
        Assert.Contains("of a class that weighs nothing", weightless.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_options_are_refused_by_name()
    {
        var logits = Tensor.From([1.0, 2, 3, 4], [2, 2]);
        void Refused<T>(CrossEntropyOptions options, string text)
            where T : Exception =>
                Assert.Contains(text, Assert.Throws<T>(() => Loss.CrossEntropy(logits, Tensor.From(0, 1), options)).Message, StringComparison.Ordinal);
        Refused<ArgumentOutOfRangeException>(new() { LabelSmoothing = -0.1 }, "LabelSmoothing takes a number from 0 to 1; got -0.1");
        Refused<ArgumentOutOfRangeException>(new() { LabelSmoothing = 1.1 }, "LabelSmoothing takes a number from 0 to 1; got 1.1");
        Refused<ArgumentOutOfRangeException>(new() { LabelSmoothing = double.NaN }, "LabelSmoothing takes a number from 0 to 1; got NaN");
        Refused<ArgumentOutOfRangeException>(new() { ClassWeights = [1, -1] }, "class 1 has -1");
        Refused<ArgumentOutOfRangeException>(new() { ClassWeights = [double.NaN, 1] }, "class 0 has NaN");
        Refused<ArgumentOutOfRangeException>(new() { ClassWeights = [1, double.PositiveInfinity] }, "class 1 has");
        Refused<ArgumentException>(new() { ClassWeights = [0, 0] }, "a weight above zero");
        Refused<TensorShapeException>(new() { ClassWeights = [1, 1, 1] }, "a weight for each of 2 classes");
    }

    private static (double Loss, double[] Gradient) Reference(double[] logits, int[] labels, int classes, int ignored, double smoothing, double[] weights)
    {
        double sum = 0, total = 0;
        double[] gradient = new double[logits.Length];
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] == ignored)
                continue;
            double[] x = [.. logits.Skip(row * classes).Take(classes)];
            double logSum = Math.Log(x.Sum(Math.Exp));
            total += weights[labels[row]];
            for (int c = 0; c < classes; c++)
            {
                double share = (smoothing / classes * weights[c]) + (c == labels[row] ? (1 - smoothing) * weights[c] : 0);
                sum += share * (logSum - x[c]);
                gradient[(row * classes) + c] -= share;
                for (int other = 0; other < classes; other++)
                    gradient[(row * classes) + other] += share * Math.Exp(x[other] - logSum);
            }
        }

        return (sum / total, [.. gradient.Select(value => value / total)]);
    }
}
