using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Tasks.Control;

public class FeatureSubspaceTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1e-6)]
    [InlineData(0.3)]
    [InlineData(Math.PI / 2)]
    public void Two_planes_that_differ_by_an_angle_are_its_sine_apart(double angle)
    {
        var plane = Matrix<double>.Build.DenseOfArray(new double[,] { { 1, 0, 0, 0 }, { 0, 1, 0, 0 } });
        var turned = Matrix<double>.Build.DenseOfArray(new[,] { { 1.0, 0, 0, 0 }, { 0, Math.Cos(angle), Math.Sin(angle), 0 } });
        var mix = Matrix<double>.Build.DenseOfArray(new double[,] { { 2, 1 }, { -1, 3 }, { 0.5, 4 } });
        Assert.Equal(Math.Sin(angle), FeatureSubspace.Distance(mix * turned, mix * plane, 2), 1e-12);
    }

    [Fact]
    public void It_is_the_operator_norm_of_the_product_of_projections()
    {
        var generator = new Philox(8);
        var first = RandomMatrix.Normal(2, 7, 1, generator);
        var second = RandomMatrix.Normal(2, 7, 1, generator);
        Matrix<double> Projection(Matrix<double> m) => m.Transpose() * (m * m.Transpose()).Inverse() * m;
        double expected = (Projection(first) * (Matrix<double>.Build.DenseIdentity(7) - Projection(second))).L2Norm();
        Assert.Equal(expected, FeatureSubspace.Distance(first, second, 2), 1e-12);
    }

    [Fact]
    public void A_small_extra_direction_does_not_count_among_the_top_features()
    {
        var demonstrator = Matrix<double>.Build.DenseOfArray(new double[,] { { 1, 0, 0 }, { 0, 0, 0 } });
        var learned = Matrix<double>.Build.DenseOfArray(new[,] { { 1.0, 0, 0 }, { 0, 0, 0.01 } });
        Assert.Equal(0, FeatureSubspace.Distance(learned, demonstrator, 1), 1e-12);
    }
}
