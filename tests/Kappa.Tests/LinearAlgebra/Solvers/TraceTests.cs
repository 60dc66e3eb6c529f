using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;
using Kappa.Tests.Curvature;

namespace Kappa.Tests.LinearAlgebra.Solvers;

/// <summary>Traces and densities of matrices whose spectrum is known.</summary>
public sealed class TraceTests
{
    private static readonly double[] Values = [.. Enumerable.Range(0, 150).Select(i => i < 5 ? 20 - i : Math.Sin(i))];

    [Fact]
    public void Hutchinson_is_within_four_standard_errors_of_both_traces()
    {
        using var matrix = new KnownMatrix(Values);
        var result = TraceEstimator.Hutchinson(matrix.Operator, new TraceOptions { Products = 400, BlockSize = 7 });
        Assert.Equal(400, result.Products);
        Assert.InRange(Math.Abs(result.Trace - Values.Sum()), 0, 4 * result.TraceError);
        Assert.InRange(Math.Abs(result.SquareTrace - Values.Sum(value => value * value)), 0, 4 * result.SquareTraceError);
        // The error is what the formula for random signs says, to a fifth.
        Assert.InRange(result.TraceError, 0, 1.3 * Math.Sqrt(2 * Values.Sum(value => value * value) / 400));
    }

    [Fact]
    public void Hutch_plus_plus_beats_Hutchinson_on_a_spectrum_that_decays()
    {
        using var matrix = new KnownMatrix([.. Enumerable.Range(0, 200).Select(i => 100 / Math.Pow(1.0 + i, 2))]);
        double exact = Enumerable.Range(0, 200).Sum(i => 100 / Math.Pow(1.0 + i, 2));
        var plain = TraceEstimator.Hutchinson(matrix.Operator, new TraceOptions { Products = 60 });
        var better = TraceEstimator.HutchPlusPlus(matrix.Operator, new TraceOptions { Products = 60 });
        Assert.Equal(60, better.Products);
        Assert.True(better.TraceError < 0.1 * plain.TraceError);
        Assert.InRange(Math.Abs(better.Trace - exact), 0, 4 * better.TraceError);
    }

    [Fact]
    public void Hutch_plus_plus_is_exact_where_its_sketch_spans_the_range()
    {
        using var matrix = new KnownMatrix([.. Enumerable.Range(0, 80).Select(i => i < 6 ? 3.0 + i : 0)]);
        Assert.Equal(33, TraceEstimator.HutchPlusPlus(matrix.Operator, new TraceOptions { Products = 30 }).Trace, 1e-9);
        using var tiny = new KnownMatrix([1, 2, 3]);
        // Signs in three dimensions may repeat; what they do not span is left to sampling.
        var estimate = TraceEstimator.HutchPlusPlus(tiny.Operator, new TraceOptions { Products = 30 });
        Assert.InRange(Math.Abs(estimate.Trace - 6), 0, (4 * estimate.TraceError) + 1e-12);
    }

    [Fact]
    public void The_density_has_the_moments_of_the_spectrum_and_integrates_to_one()
    {
        using var matrix = new KnownMatrix(Values);
        var result = SpectralDensity.Estimate(matrix.Operator, new DensityOptions { Probes = 40, Steps = 40, BlockSize = 8 });
        for (int power = 0; power <= 3; power++)
        {
            int exponent = power;
            var (mean, error) = result.Expectation(value => Math.Pow(value, exponent));
            double exact = Values.Average(value => Math.Pow(value, exponent));
            Assert.InRange(Math.Abs(mean - exact), 0, (4 * error) + 1e-9);
        }

        double step = result.Grid[1] - result.Grid[0];
        Assert.Equal(1, result.Density.Sum() * step, 1e-3);
        Assert.All(result.StandardErrors, error => Assert.True(error >= 0));
        Assert.Equal(40 * 40, result.Products);
    }

    [Fact]
    public void As_many_steps_as_distinct_eigenvalues_give_their_exact_places()
    {
        using var matrix = new KnownMatrix([.. Enumerable.Range(0, 60).Select(i => (double)(i % 3))]);
        var result = SpectralDensity.Estimate(matrix.Operator, new DensityOptions { Probes = 3, Steps = 20, BlockSize = 2 });
        foreach (var (nodes, weights) in result.Nodes.Zip(result.Weights))
        {
            Assert.Equal(3, nodes.Count);
            for (int i = 0; i < 3; i++)
                Assert.Equal(i, nodes[i], 1e-9);
            Assert.Equal(1, weights.Sum(), 1e-12);
        }
    }

    [Fact]
    public void The_trace_of_a_Hessian_is_the_sum_of_its_diagonal()
    {
        var matrix = new HessianOperator(new SmallNetwork().Risk());
        double[,] dense = SmallNetwork.Dense(matrix);
        double exact = Enumerable.Range(0, matrix.Dimension).Sum(i => dense[i, i]);
        var result = TraceEstimator.Hutchinson(matrix, new TraceOptions { Products = 200 });
        Assert.InRange(Math.Abs(result.Trace - exact), 0, 4 * result.TraceError);
    }

    [Fact]
    public void Bad_settings_are_named()
    {
        using var matrix = new KnownMatrix([1, 2, 3]);
        Assert.Contains(
            "TraceOptions.Products",
            Assert.Throws<ArgumentOutOfRangeException>(() => TraceEstimator.Hutchinson(matrix.Operator, new TraceOptions { Products = 1 })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "DensityOptions.Steps",
            Assert.Throws<ArgumentOutOfRangeException>(() => SpectralDensity.Estimate(matrix.Operator, new DensityOptions { Steps = 1 })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "TraceOptions.BlockSize",
            Assert.Throws<ArgumentOutOfRangeException>(() => TraceEstimator.HutchPlusPlus(matrix.Operator, new TraceOptions { BlockSize = 0 })).Message,
            StringComparison.Ordinal);
        Assert.Equal(DataType.Float64, matrix.Operator.DataType);
    }
}
