using Kappa.LinearAlgebra.Solvers;
using Kappa.Tensors;

namespace Kappa.Tests.LinearAlgebra.Solvers;

/// <summary>A pair that power iteration calls converged is one: there is an eigenvalue within the tolerance of it.</summary>
public sealed class PowerIterationTests
{
    private static readonly Dictionary<string, double[]> Spectra = new()
    {
        ["opposite signs"] = [3, -3, 1, 0.5, -0.2],
        ["opposite signs twice"] = [3, -3, 3, -3, 1, 0.5, -0.2, 0.1],
        ["nearly opposite"] = [3, -2.999, 1, 0.5],
        ["close"] = [1, 0.99, 0.98, 0.5, 0.1],
        ["closer than the tolerance"] = [1, 0.999999, 0.5, 0.1],
        ["multiple"] = [2, 2, 2, 1, 0.5],
        ["separated"] = [1, -0.5, 0.25, -0.125, 0.01],
        ["rank one"] = [1, 0, 0, 0, 0],
        ["zero"] = [0, 0, 0, 0],
        ["one dimension"] = [-4],
    };

    public static TheoryData<string, double> Cases()
    {
        var cases = new TheoryData<string, double>();
        foreach (string name in Spectra.Keys)
        {
            foreach (double scale in new[] { 1e-30, 1e-12, 1, 1e12, 1e30 })
                cases.Add(name, scale);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_converged_pair_is_an_eigenpair_at_every_scale(string name, double scale)
    {
        double[] values = Spectra[name];
        int converged = 0;
        foreach (var type in new[] { DataType.Float32, DataType.Float64 })
        {
            using var matrix = new KnownMatrix([.. values.Select(value => value * scale)], type);
            foreach (int iterations in new[] { 3, 30, 400 })
            {
                foreach (double tolerance in new[] { 1e-2, 1e-4, 1e-9 })
                {
                    for (ulong seed = 0; seed < 3; seed++)
                    {
                        int count = Math.Min(3, values.Length);
                        using var result = PowerIteration.Solve(
                            matrix.Operator, count, new PowerIterationOptions { Iterations = iterations, Tolerance = tolerance, Seed = seed });
                        Assert.Equal(result.ConvergedCount == count, result.Converged);
                        Assert.False(result.Verified);
                        double floor = (type == DataType.Float32 ? 1e-5 : 1e-13) * values.Max(Math.Abs);
                        for (int i = 0; i < result.ConvergedCount; i++)
                        {
                            double found = result.Eigenvalues[i] / scale;
                            Assert.InRange(values.Min(value => Math.Abs(value - found)), 0, (tolerance * Math.Abs(found)) + floor);
                        }

                        double[] measured = EigenResiduals.Measure(matrix.Operator, result.Eigenvectors, result.Eigenvalues);
                        for (int i = 0; i < count; i++)
                            Assert.Equal(measured[i] / scale, result.Residuals[i] / scale, 2 * floor);
                        converged += iterations == 400 && result.Converged ? 1 : 0;
                    }
                }
            }
        }

        // Three vectors of a space of four with both signs stay mixtures.
        Assert.Equal(name != "opposite signs twice", converged > 0);
    }

    [Fact]
    public void Eigenvalues_of_opposite_sign_are_parted_by_the_last_projection()
    {
        using var matrix = new KnownMatrix([3, -3, 1, 0.5]);
        using var two = PowerIteration.Solve(matrix.Operator, 2, new PowerIterationOptions { Iterations = 100, Tolerance = 1e-6 });
        Assert.True(two.Converged);
        Assert.Equal([-3, 3], two.Eigenvalues.Order().Select(value => Math.Round(value, 6)));
        using var one = PowerIteration.Solve(matrix.Operator, 1, new PowerIterationOptions { Iterations = 100, Tolerance = 1e-6 });
        Assert.False(one.Converged);
        Assert.InRange(one.Residuals[0], 0.1, 3);
    }
}
