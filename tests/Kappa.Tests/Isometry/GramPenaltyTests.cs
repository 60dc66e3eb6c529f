using Kappa.Isometry;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Isometry;

public sealed class GramPenaltyTests
{
    public static TheoryData<int[]> Shapes => [[9, 4], [4, 9], [6, 6], [1, 40], [40, 1], [1, 1], [8, 3, 3, 3], [4, 5, 3, 3], [3, 400], [400, 3]];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_closed_form_equals_the_automatic_gradient(int[] lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        foreach (var options in Conventions())
        {
            var weight = Tensor.Normal(new Shape(lengths), new Philox(1), 0, 0.4, DataType.Float64);
            weight.RequiresGradient = true;
            var (value, gradient) = Differentiate.Gradient(() => Decomposed(weight, options), [weight]);
            using var closed = GramPenalty.Gradient(weight, options);
            double[] expected = gradient[0].ToArray<double>();
            double[] actual = closed.ToArray<double>();
            double scale = expected.Max(Math.Abs);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-9 * Math.Max(1, scale));
            Assert.Equal(value, GramPenalty.Value(weight, options), 1e-9 * Math.Max(1, value));
            Assert.Equal(weight.Shape, closed.Shape);
        }
    }

    [Fact]
    public void An_isometry_has_no_penalty_and_no_gradient()
    {
        var weight = Tensor.Zeros([12, 5], DataType.Float64);
        new Kappa.Networks.Initializers.OrthogonalInitializer(Math.Sqrt(2)).Fill(weight, new Philox(2));
        var options = new IsometryOptions { Target = 2 };
        Assert.Equal(0, GramPenalty.Value(weight, options), 1e-20);
        Assert.All(GramPenalty.Gradient(weight, options).ToArray<double>(), value => Assert.Equal(0, value, 1e-13));
    }

    [Fact]
    public void A_vector_is_refused_with_what_was_expected()
    {
        var error = Assert.Throws<TensorShapeException>(() => GramPenalty.Gradient(Tensor.Zeros([5])));
        Assert.Contains("[out, in, ...]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[5]", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<IsometryOptions> Conventions() =>
    [
        new IsometryOptions(),
        new IsometryOptions { Target = 2 },
        new IsometryOptions { RectangularCorrection = true, Target = 1.5 },
        new IsometryOptions { DivideByGramSize = true },
        new IsometryOptions { HalfConvention = true },
        new IsometryOptions { HalfConvention = true, DivideByGramSize = true, RectangularCorrection = true },
    ];

    /// <summary>R(W) as the paper and the authors' code write it, in differentiable operations.</summary>
    private static Tensor Decomposed(Tensor weight, IsometryOptions options)
    {
        int rows = weight.Shape[0];
        int columns = weight.Count / rows;
        var matrix = weight.Reshape([rows, columns]);
        bool isTall = rows >= columns;
        int size = Math.Min(rows, columns);
        double target = options.Target * (options.RectangularCorrection && rows > columns ? rows / (double)columns : 1);
        var identity = Tensor.Zeros([size, size], DataType.Float64);
        for (int i = 0; i < size; i++)
            identity.Values<double>()[(i * size) + i] = target;
        var deviation = (isTall ? matrix.MatMul(matrix, transposeA: true) : matrix.MatMul(matrix, transposeB: true)) - identity;
        return deviation.Square().Sum() * ((options.HalfConvention ? 0.5 : 1) / (options.DivideByGramSize ? size : 1));
    }
}
