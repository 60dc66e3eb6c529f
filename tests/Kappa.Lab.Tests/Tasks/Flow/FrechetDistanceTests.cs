using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Tasks.Flow;

public sealed class FrechetDistanceTests
{
    [Fact]
    public void Of_two_Gaussians_with_the_same_axes_it_is_the_closed_form()
    {
        // |m|^2 + sum (sqrt a - sqrt b)^2, whatever way the axes lie.
        var basis = Matrix<double>.Build.DenseOfArray(new[,] { { 0.6, -0.8, 0 }, { 0.8, 0.6, 0 }, { 0, 0, 1 } });
        var first = Gaussian([1, 2, 3], basis, [4, 1, 0]);
        var second = Gaussian([1, 0, 3.5], basis, [1, 9, 0.25]);
        Assert.Equal(4 + 0.25 + 1 + 4 + 0.25, new FrechetDistance(first).To(second), 10);
        Assert.Equal(4 + 0.25 + 1 + 4 + 0.25, new FrechetDistance(second).To(first), 10);
    }

    [Fact]
    public void Of_covariances_that_do_not_commute_it_is_the_trace_of_the_root_of_their_product()
    {
        var first = Of([0, 0], new[,] { { 2, 0.5 }, { 0.5, 1 } });
        var second = Of([3, -1], new[,] { { 1, -0.7 }, { -0.7, 3 } });
        // Of 2 x 2: tr (C_1 C_2)^(1/2) = sqrt(tr(C_1 C_2) + 2 sqrt(det C_1 det C_2)).
        double root = Math.Sqrt((first.Covariance * second.Covariance).Trace() + (2 * Math.Sqrt(1.75 * 2.51)));
        Assert.Equal(10 + 3 + 4 - (2 * root), new FrechetDistance(first).To(second), 10);
    }

    [Fact]
    public void Of_equal_sets_it_is_zero_and_of_a_moved_set_the_squared_way()
    {
        var points = PointSet.Normal(50, 7, new Philox(1));
        var distance = new FrechetDistance(GaussianFit.Of(points));
        Assert.Equal(0, distance.To(GaussianFit.Of(points)), 1e-9);
        var moved = new PointSet([.. points.Values.Select(value => value + 2)], 7);
        Assert.Equal(28, distance.To(GaussianFit.Of(moved)), 1e-4);
    }

    [Fact]
    public void A_fit_divides_by_one_less_than_the_points()
    {
        var fit = GaussianFit.Of(new PointSet([1, 10, 3, 10, 5, 10], 2));
        Assert.Equal([3.0, 10], fit.Mean);
        Assert.Equal([4.0, 0, 0, 0], fit.Covariance.ToRowMajorArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianFit.Of(new PointSet([1, 2], 2)));
    }

    private static GaussianFit Gaussian(double[] mean, Matrix<double> basis, double[] variances) => new(
        Vector<double>.Build.Dense(mean), basis * Matrix<double>.Build.DenseOfDiagonalArray(variances) * basis.Transpose());

    private static GaussianFit Of(double[] mean, double[,] covariance) =>
        new(Vector<double>.Build.Dense(mean), Matrix<double>.Build.DenseOfArray(covariance));
}
