using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Tasks.Control;

public class RiccatiTests
{
    [Theory]
    [InlineData(1.05, 0.5, 1, 1)]
    [InlineData(2, 1, 3, 0.1)]
    [InlineData(0.9, 0.3, 1, 10)]
    public void The_scalar_solution_is_the_positive_root_of_its_quadratic(double a, double b, double q, double r)
    {
        // p = q + a^2 p r / (r + b^2 p)  <=>  b^2 p^2 + (r - q b^2 - a^2 r) p - q r = 0.
        double middle = r - (q * b * b) - (a * a * r);
        double expected = (-middle + Math.Sqrt((middle * middle) + (4 * b * b * q * r))) / (2 * b * b);
        var p = Riccati.Solve(Systems.One(a), Systems.One(b), Systems.One(q), Systems.One(r));
        Assert.NotNull(p);
        Assert.Equal(expected, p[0, 0], expected * 1e-12);
    }

    [Fact]
    public void The_residual_of_random_systems_is_rounding()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            var system = LinearSystem.Draw(8, 4, 1.2, new Philox(seed));
            var (a, b) = (system.A, system.B);
            var p = Riccati.Solve(a, b, system.Q, system.R)!;
            var gain = -Riccati.Gain(a, b, system.R, p);
            var residual = system.Q + (a.Transpose() * p * a) + (a.Transpose() * p * b * gain) - p;
            Assert.True(residual.FrobeniusNorm() <= 1e-11 * p.FrobeniusNorm(), $"seed {seed}: {residual.FrobeniusNorm():G3}");
            Assert.True(LinearSystem.SpectralRadius(system.ClosedLoop(gain)) < 1);
        }
    }

    [Fact]
    public void The_gain_is_the_limit_of_value_iteration()
    {
        var system = LinearSystem.Draw(5, 2, 1.05, new Philox(3));
        var (a, b) = (system.A, system.B);
        var p = system.Q;
        for (int i = 0; i < 2000; i++)
            p = system.Q + (a.Transpose() * p * a) - (a.Transpose() * p * b * (system.R + (b.Transpose() * p * b)).Inverse() * b.Transpose() * p * a);
        Systems.AssertClose(p, Riccati.Solve(a, b, system.Q, system.R)!, 1e-11);
    }

    [Fact]
    public void An_unstable_plant_without_control_has_no_solution()
    {
        var a = Matrix<double>.Build.DenseOfDiagonalArray([1.5, 0.5]);
        var b = Matrix<double>.Build.DenseOfArray(new double[,] { { 0 }, { 1 } });
        Assert.Null(Riccati.Solve(a, b, Matrix<double>.Build.DenseIdentity(2), Systems.One(1)));
    }
}
