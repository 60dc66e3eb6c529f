using Kappa.Curvature.Criteria;
using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Curvature.Criteria;

/// <summary>The criteria, against differences of means, sampling, and each other.</summary>
public sealed class CriteriaTests
{
    [Theory]
    [InlineData(0.05, 1)]
    [InlineData(0.5, 2)]
    [InlineData(2, 3)]
    public void The_Gaussian_moment_is_what_sampling_the_model_converges_to(double sigma, ulong seed)
    {
        var model = RandomModel(5, seed);
        var sampled = model.QuadraticMonteCarlo(sigma, 200_000, seed);
        Assert.InRange(Math.Abs(sampled.Mean - model.GaussianMoment(sigma)), 0, 4 * sampled.StandardError);
        Assert.InRange(sampled.StandardError / sampled.Mean, 0, 0.02);
    }

    [Fact]
    public void With_curvature_alone_the_moment_is_the_spectral_form()
    {
        double[] increments = [0.3, -0.1, 0.05];
        double[,] b = new double[3, 3];
        for (int i = 0; i < 3; i++)
            b[i, i] = increments[i];
        var model = new IncrementModel(9, 9, 0, new double[3], b);
        Assert.Equal(StabilizationEquations.SpectralForm(increments, 0.7), model.GaussianMoment(0.7), 1e-15);
        // By hand: (0.7^4 / 4) (2 (0.09 + 0.01 + 0.0025) + 0.25^2).
        Assert.Equal(0.060025 * 0.2675, model.GaussianMoment(0.7), 1e-15);
    }

    [Fact]
    public void Without_noise_every_criterion_is_that_of_the_point()
    {
        var model = RandomModel(4, 8);
        Assert.Equal(model.PointCriterion * model.PointCriterion, model.GaussianMoment(0), 1e-15);
    }

    [Fact]
    public void Increments_equal_differences_of_means_for_every_k_D_and_added_sample()
    {
        var risk = new SmallNetwork().Risk(3);
        using var subspace = Top(risk, 6);
        int[] sizes = [9, 1, 2, 5, 4];
        var models = IncrementModels.Along(risk, subspace, sizes, candidates: 3);
        Assert.Equal(15, models.Count);
        Assert.Equal([1, 1, 1, 2, 2, 2, 4, 4, 4, 5, 5, 5, 9, 9, 9], models.Select(model => model.K));
        foreach (var model in models)
        {
            var (a, c, b) = Naive(risk, subspace, model.K, model.Added);
            Assert.Equal(a, model.A, 1e-14);
            for (int i = 0; i < 6; i++)
            {
                Assert.Equal(c[i], model.C[i], 1e-13);
                for (int j = 0; j < 6; j++)
                    Assert.Equal(b[i, j], model.B[i, j], 1e-12);
            }
        }

        using var two = subspace.Slice(0, 0, 2);
        var small = IncrementModels.At(risk, two, 5);
        var cut = models[9].Truncate(2);
        Assert.Equal(small.GaussianMoment(0.1), cut.GaussianMoment(0.1), 1e-16);
    }

    [Fact]
    public void Known_eigenpairs_spare_the_products_over_k_samples()
    {
        var risk = new SmallNetwork().Risk();
        var pairs = Lanczos.Solve(new HessianOperator(risk, 0, 8), 5, new LanczosOptions { Tolerance = 1e-10 });
        var full = IncrementModels.At(risk, pairs.Eigenvectors, 8);
        var spared = IncrementModels.At(risk, pairs, 8);
        Assert.Equal(full.A, spared.A, 1e-15);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(full.C[i], spared.C[i], 1e-14);
            for (int j = 0; j < 5; j++)
                Assert.Equal(full.B[i, j], spared.B[i, j], 1e-9);
        }
    }

    [Fact]
    public void Direct_increments_equal_differences_of_two_means_at_the_same_points()
    {
        var risk = new SmallNetwork().Risk(4);
        using var subspace = Top(risk, 3);
        var estimates = DirectMonteCarlo.InSubspace(risk, subspace, [2, 3, 8], 0.3, 20, seed: 4);
        using var at = risk.ReadParameters();
        var points = Tensor.Normal([20, 3], new Philox(4).Split("subspace"), type: DataType.Float64);
        for (int s = 0; s < 20; s++)
        {
            risk.WriteParameters(at + (points.Slice(0, s, 1).MatMul(subspace).Reshape([risk.Dimension]) * 0.3));
            foreach (var estimate in estimates)
                Assert.Equal(risk.Value(0, estimate.K + 1) - risk.Value(0, estimate.K), estimate.Increments[s], 1e-14);
        }

        risk.WriteParameters(at);
        Assert.Equal(estimates[0].Increments.Average(value => value * value), estimates[0].Estimate.Mean, 1e-16);
    }

    [Fact]
    public void Direct_sampling_converges_to_the_moment_as_sigma_falls_and_the_error_is_flat_and_then_rises()
    {
        var risk = new SmallNetwork().Risk();
        using var subspace = Top(risk, 4);
        var model = IncrementModels.At(risk, subspace, 6);
        var direct = DirectMonteCarlo.InSubspace(risk, subspace, [6], 1e-2, 4000)[0].Estimate;
        Assert.InRange(Math.Abs(direct.Mean - model.GaussianMoment(1e-2)), 0, 4 * direct.StandardError);
        var range = SigmaRangeSearch.Find(risk, subspace, model, [1e-8, 1e-7, 1e-6, 1e-4, 1e-3, 1e-2, 0.1, 1, 10], samples: 16);
        // Beyond rounding the model's error is of third order: a decade of sigma is three decades of it.
        Assert.InRange(range.RelativeErrors[5] / range.RelativeErrors[4], 300, 3000);
        Assert.InRange(range.FlatLevel, 0, 1e-12);
        Assert.InRange(range.FlatUpTo, 1e-6, 1e-3);
        Assert.InRange(range.ValidUpTo, 1e-2, 1);
        Assert.True(range.Contains(1e-3));
        Assert.False(range.Contains(5));
    }

    [Fact]
    public void The_full_space_closed_form_agrees_with_the_dense_traces_and_with_sampling()
    {
        var risk = new SmallNetwork().Risk();
        var models = FullSpaceModels.Along(risk, [3, 6], probes: 400);
        var model = models[1];
        double[,] dense = SmallNetwork.Dense(new IncrementOperator(risk, 6));
        double trace = 0, square = 0;
        for (int i = 0; i < risk.Dimension; i++)
        {
            trace += dense[i, i];
            for (int j = 0; j < risk.Dimension; j++)
                square += dense[i, j] * dense[i, j];
        }

        double gradient = (risk.Gradient(0, 7) - risk.Gradient(0, 6)).Square().Sum().ToDouble();
        Assert.Equal(gradient, model.SquaredGradient, 1e-14);
        Assert.InRange(Math.Abs(model.Trace - trace), 0, 4 * model.TraceError);
        Assert.InRange(Math.Abs(model.SquareTrace - square), 0, 4 * model.SquareTraceError);
        var sampled = DirectMonteCarlo.InFullSpace(risk, [3, 6], 0.01, 3000)[1].Estimate;
        double tolerance = 4 * Math.Sqrt(Math.Pow(sampled.StandardError, 2) + Math.Pow(model.StandardError(0.01), 2));
        Assert.InRange(Math.Abs(sampled.Mean - model.GaussianMoment(0.01)), 0, tolerance);
    }

    [Fact]
    public void The_bound_of_the_rate_theorem_holds()
    {
        var risk = new SmallNetwork().Risk();
        using var subspace = Top(risk, 4);
        double loss = Enumerable.Range(0, 13).Max(i => risk.Value(i, 1));
        double gradient = Enumerable.Range(0, 13).Max(i => Math.Sqrt(risk.Gradient(i, 1).Square().Sum().ToDouble()));
        double hessian = Enumerable.Range(0, 13)
            .Max(i => Math.Abs(Lanczos.Solve(new HessianOperator(risk, i, 1), 1, new LanczosOptions { Spectrum = Spectrum.LargestMagnitude }).Eigenvalues[0]));
        foreach (var model in IncrementModels.Along(risk, subspace, [2, 5, 9]))
            Assert.InRange(model.GaussianMoment(0.2), 0, StabilizationEquations.RateBound(model.K, 4, 0.2, loss, 2 * gradient, hessian));
    }

    [Fact]
    public void In_float32_the_increment_keeps_its_digits_where_the_difference_of_means_has_lost_them()
    {
        const int K = 3000;
        var inputs = Tensor.Normal([K + 1, 3], new Philox(21), type: DataType.Float64).Keep();
        var labels = Tensor.From([.. Enumerable.Range(0, K + 1).Select(i => (i * 7) % 4)], [K + 1]).Keep();
        var exact = new SmallNetwork();
        var single = new SmallNetwork(DataType.Float32);
        var truth = new EmpiricalRisk(exact.Model, Loss.CrossEntropy, new SampleSource(inputs, labels), new RiskOptions { BatchSize = 100 });
        var ours = new EmpiricalRisk(
            single.Model, Loss.CrossEntropy, new SampleSource(inputs.To(DataType.Float32).Keep(), labels), new RiskOptions { BatchSize = 100 });
        // The same point in both, with float32's values.
        ours.WriteParameters(truth.ReadParameters().To(DataType.Float32));
        truth.WriteParameters(ours.ReadParameters().To(DataType.Float64));
        using var subspace = Top(truth, 4);
        using var rounded = subspace.To(DataType.Float32);
        var expected = IncrementModels.At(truth, subspace, K);
        var actual = IncrementModels.At(ours, rounded, K);
        double lost = Math.Abs(((float)ours.Value(0, K + 1) - (float)ours.Value(0, K)) - expected.A) / Math.Abs(expected.A);
        Assert.InRange(Math.Abs(actual.A - expected.A) / Math.Abs(expected.A), 0, 1e-5);
        Assert.InRange(Distance(expected.C, actual.C), 0, 1e-4);
        Assert.InRange(Distance([.. expected.B.Cast<double>()], [.. actual.B.Cast<double>()]), 0, 1e-4);
        Assert.True(lost > 1e-4, $"the difference of means was off by {lost}");
    }

    [Fact]
    public void A_probe_gives_every_curve_and_the_mean_squared_ones_fall_with_the_square_of_k()
    {
        var network = new SmallNetwork();
        var inputs = Tensor.Normal([600, 3], new Philox(3), type: DataType.Float64).Keep();
        var risk = new EmpiricalRisk(
            network.Model, Loss.CrossEntropy, new SampleSource(inputs, Tensor.From([.. Enumerable.Range(0, 600).Select(i => (i * 7) % 4)], [600]).Keep()));
        var result = CurvatureProbe.Run(
            risk, new CurvatureProbeOptions { Dimensions = [1, 4], Sigmas = [1e-3, 1e-2], Candidates = 100, FullSpaceProbes = 4, Sizes = [20, 60, 150, 400] });
        Assert.Equal(1 + (2 * 3), result.Curves.Count);
        Assert.Empty(result.Notes);
        Assert.InRange(result.Curve(StabilizationCriterion.Point).Slope(), -1.2, -0.8);
        foreach (double sigma in new[] { 1e-3, 1e-2 })
        {
            Assert.InRange(result.Curve(StabilizationCriterion.FullSpace, null, sigma).Slope(), -2.3, -1.7);
            Assert.InRange(result.Curve(StabilizationCriterion.Subspace, 4, sigma).Slope(), -2.3, -1.7);
        }

        // Without noise that matters the two observe the same.
        double ratio = result.Curve(StabilizationCriterion.Subspace, 4, 1e-3).Points[2].Value / result.Curve(StabilizationCriterion.FullSpace, null,
            1e-3).Points[2].Value;
        Assert.InRange(ratio, 0.95, 1.05);
        _ = Assert.Throws<ArgumentException>(() => result.Curve(StabilizationCriterion.Subspace, 3, 1e-3));
    }

    [Fact]
    public void Sizes_beyond_the_data_and_dimensions_beyond_the_parameters_are_refused()
    {
        var risk = new SmallNetwork().Risk();
        using var subspace = Top(risk, 2);
        Assert.Contains(
            "k takes 1 to 12", Assert.Throws<ArgumentOutOfRangeException>(() => IncrementModels.At(risk, subspace, 13)).Message, StringComparison.Ordinal);
        Assert.Contains("k = 12 and 2 samples to add need 14",
            Assert.Throws<ArgumentOutOfRangeException>(() => IncrementModels.Along(risk, subspace, [12], 2)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "has 1 to 44 eigenpairs; 45 were asked for",
            Assert.Throws<ArgumentOutOfRangeException>(() => CurvatureProbe.Run(risk, new CurvatureProbeOptions { Dimensions = [45] })).Message,
            StringComparison.Ordinal);
        Assert.Contains("a model of 2 directions", Assert.Throws<ArgumentOutOfRangeException>(() => IncrementModels.At(risk, subspace, 4).Truncate(3)).Message,
            StringComparison.Ordinal);
        Assert.Contains("a space of 44 parameters has no 45 orthogonal directions; choose a smaller D",
            Assert.Throws<TensorShapeException>(() => IncrementModels.At(risk, Tensor.Ones([45, 44], DataType.Float64), 4)).Message, StringComparison.Ordinal);
        Assert.Contains("rows [D, 44]", Assert.Throws<TensorShapeException>(() => IncrementModels.At(risk, Tensor.Zeros([2, 3], DataType.Float64), 4)).Message,
            StringComparison.Ordinal);
        Assert.Contains("sigma takes a finite number above zero",
            Assert.Throws<ArgumentOutOfRangeException>(() => DirectMonteCarlo.InFullSpace(risk, [3], 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_are_put_back_even_where_the_loss_is_not_finite_and_the_range_ends_there()
    {
        var network = new SmallNetwork();
        var risk = new EmpiricalRisk(network.Model, (y, t) => Loss.CrossEntropy(y.Exp(), t), network.Source);
        using var before = risk.ReadParameters();
        using var subspace = Top(risk, 2);
        _ = Assert.Throws<NonFiniteException>(() => DirectMonteCarlo.InSubspace(risk, subspace, [4], 1e4, 8));
        Assert.Equal(before.ToArray<double>(), risk.ReadParameters().ToArray<double>());
        var range = SigmaRangeSearch.Find(risk, subspace, IncrementModels.At(risk, subspace, 4), [1e-5, 1e-4, 1e4]);
        Assert.Equal(double.PositiveInfinity, range.RelativeErrors[2]);
        Assert.Equal(1e-4, range.ValidUpTo);
    }

    private static Tensor Top(EmpiricalRisk risk, int count) =>
        Lanczos.Solve(new HessianOperator(risk), count, new LanczosOptions { Tolerance = 1e-8 }).Eigenvectors;

    private static double Distance(double[] expected, double[] actual) =>
        Math.Sqrt(expected.Zip(actual, (x, y) => (x - y) * (x - y)).Sum() / expected.Sum(x => x * x));

    private static (double A, double[] C, double[,] B) Naive(EmpiricalRisk risk, Tensor subspace, int k, int added)
    {
        // The mean over the first k and the added one, from means over ranges.
        int d = subspace.Shape[0];
        double Mean(double first, double one) => (((k * first) + one) / (k + 1)) - first;
        double a = Mean(risk.Value(0, k), risk.Value(added, 1));
        double[] before = Projected(risk.Gradient(0, k)), own = Projected(risk.Gradient(added, 1));
        double[,] curvature = Compressed(new HessianOperator(risk, 0, k)), ownCurvature = Compressed(new HessianOperator(risk, added, 1));
        double[,] b = new double[d, d];
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < d; j++)
                b[i, j] = Mean(curvature[i, j], ownCurvature[i, j]);
        }

        return (a, [.. before.Zip(own, Mean)], b);

        double[] Projected(Tensor g) => subspace.MatMul(g.Reshape([1, risk.Dimension]), transposeB: true).ToArray<double>();
        double[,] Compressed(HessianOperator h)
        {
            double[] flat = subspace.MatMul(h.MatMat(subspace), transposeB: true).ToArray<double>();
            double[,] result = new double[d, d];
            for (int i = 0; i < flat.Length; i++)
                result[i / d, i % d] = flat[i];
            return result;
        }
    }

    private static IncrementModel RandomModel(int dimension, ulong seed)
    {
        var generator = new Philox(seed);
        double[,] b = new double[dimension, dimension];
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j <= i; j++)
                b[i, j] = b[j, i] = generator.NextNormal();
        }

        return new IncrementModel(9, 9, generator.NextNormal(), [.. Enumerable.Range(0, dimension).Select(_ => generator.NextNormal())], b);
    }
}
