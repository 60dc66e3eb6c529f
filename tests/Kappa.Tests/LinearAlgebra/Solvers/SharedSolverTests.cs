using System.Runtime.InteropServices;
using Kappa.Curvature.Operators;
using Kappa.LinearAlgebra.Operators;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Pieces;
using Kappa.Tensors;
using Kappa.Tests.Curvature;
using Kappa.Tests.Training;

namespace Kappa.Tests.LinearAlgebra.Solvers;

/// <summary>Processes that multiply together run one solver, with a part of its basis in each.</summary>
[Collection(Tensors.Cpu.KernelCases.Name)]
public sealed class SharedSolverTests
{
    private const int Width = 16_384;

    private static readonly Dictionary<string, (Func<SymmetricOperator, EigenResult> Solve, Predicate<EigenResult> IsAsMeant)> Runs = new()
    {
        ["restarts"] = (matrix => Solve(matrix, 3, new LanczosOptions { BasisSize = 12, Tolerance = 1e-4 }), found => found.Restarts > 3 && found.Converged),
        ["verified"] = (matrix => Solve(matrix, 2, new LanczosOptions { BlockSize = 3 }), found => found.Verification == Verification.RandomStart),
        ["grows"] = (
            matrix => Solve(matrix, 3, new LanczosOptions { Spectrum = Spectrum.SmallestAlgebraic, Tolerance = 0.006 }), found => found.BasisSize > 128),
        ["out of products"] = (matrix => Solve(matrix, 4, new LanczosOptions { MaxProducts = 9 }), found => !found.Converged),
    };

    [Theory]
    [InlineData("restarts", 2, DataType.Float64)]
    [InlineData("restarts", 8, DataType.Float32)]
    [InlineData("verified", 4, DataType.Float32)]
    [InlineData("verified", 2, DataType.Float64)]
    [InlineData("grows", 2, DataType.Float32)]
    [InlineData("out of products", 4, DataType.Float64)]
    public void The_bits_of_eigenpairs_are_those_of_one_process(string name, int processes, DataType type)
    {
        double[] values = Values((processes * Width) - 100);
        var (solve, isAsMeant) = Runs[name];
        using var alone = solve(new SharedMatrix(values, type, null));
        Assert.True(isAsMeant(alone), alone.ToString());
        byte[] expected = Bytes(alone);
        byte[][] shared = ThreadGroup.Run(processes, group =>
        {
            using var found = solve(new SharedMatrix(values, type, group));
            return Bytes(found);
        });
        Assert.All(shared, bytes => Assert.True(expected.AsSpan().SequenceEqual(bytes)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void An_operator_of_fewer_columns_than_processes_has_the_bits_of_one_process(int processes)
    {
        double[] values = [3, 2, 1];
        using var alone = Solve(new SharedMatrix(values, DataType.Float64, null), 2, new LanczosOptions());
        Assert.All(
            ThreadGroup.Run(processes, group => Bytes(Solve(new SharedMatrix(values, DataType.Float64, group), 2, new LanczosOptions()))),
            shared => Assert.Equal(Bytes(alone), shared));
    }

    [Fact]
    public void The_bits_of_densities_and_traces_are_those_of_one_process()
    {
        double[] values = Values((4 * Width) - 100);
        double[] alone = Estimates(null);
        Assert.All(ThreadGroup.Run(4, Estimates), shared => Assert.Equal(alone, shared));

        double[] Estimates(IProcessGroup? group)
        {
            var matrix = new SharedMatrix(values, DataType.Float32, group);
            var density = SpectralDensity.Estimate(matrix, new DensityOptions { Probes = 3, Steps = 12, BlockSize = 2 });
            var trace = TraceEstimator.HutchPlusPlus(matrix, new TraceOptions { Products = 12, BlockSize = 2 });
            return [.. density.Nodes.SelectMany(nodes => nodes), .. density.Weights.SelectMany(weights => weights), trace.Trace, trace.TraceError];
        }
    }

    [Fact]
    public void Processes_of_different_memory_take_the_basis_that_fits_into_the_least()
    {
        double[] values = Values((4 * Width) - 100);
        int[] sizes = ThreadGroup.Run(4, group =>
        {
            var matrix = new SharedMatrix(values, DataType.Float64, group);
            // Half of it holds 100, 20, 100 and 60 vectors.
            long memory = 2L * sizeof(double) * matrix.Dimension * (group.Rank switch { 1 => 20, 3 => 60, _ => 100 });
            using var run = new LanczosRun(matrix, 3, new LanczosOptions { Tolerance = 1e-2 }, memory);
            using var found = run.Solve(default, null);
            return found.BasisSize;
        });
        Assert.Equal([20, 20, 20, 20], sizes);
    }

    [Theory]
    [InlineData(4 * Width)]
    [InlineData(5)]
    public void A_product_that_fails_in_one_process_ends_all(int dimension)
    {
        double[] values = Values(dimension);
        var error = Assert.Throws<NonFiniteException>(() => ThreadGroup.Run(4, group => Solve(
            new SharedMatrix(values, DataType.Float32, group)
            {
                Before = products =>
                {
                    if (products == 1 && group.Rank == 1)
                        throw new NonFiniteException("a gradient of rank 1 is NaN");
                    // As a product of all does, whose sum waits for them.
                    group.Barrier();
                },
            }, 2, new LanczosOptions())));
        Assert.Equal("a gradient of rank 1 is NaN", error.Message);
    }

    [Fact]
    public void Operators_made_of_others_are_shared_where_all_of_these_are_by_the_same_processes()
    {
        bool[] found = ThreadGroup.Run(2, group =>
        {
            var network = new SmallNetwork();
            var options = new RiskOptions { Pieces = 8, Processes = group };
            var risk = new EmpiricalRisk(network.Model, Loss.CrossEntropy, network.Source, options);
            SymmetricOperator hessian = new HessianOperator(risk), alone = new SharedMatrix(new double[risk.Dimension], DataType.Float64, null);
            SymmetricOperator[] shared =
            [
                hessian, new GaussNewtonOperator(risk), new EmpiricalFisherOperator(risk), new IncrementOperator(risk, 4), new ScaledOperator(hessian, 2),
                new SumOperator(hessian, new ScaledOperator(hessian, -1)),
            ];
            SymmetricOperator[] others = [alone, new ScaledOperator(alone, 2), new SumOperator(hessian, alone), new SumOperator(alone, hessian)];
            return Array.TrueForAll(shared, one => one.Processes == group) && Array.TrueForAll(others, one => one.Processes is null);
        });
        Assert.Equal([true, true], found);
    }

    /// <summary>A few that stand out, and a bulk.</summary>
    private static double[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => i < 8 ? 10.0 - i : Math.Cos(i))];

    private static EigenResult Solve(SymmetricOperator matrix, int count, LanczosOptions options) => Lanczos.Solve(matrix, count, options);

    private static byte[] Bytes(EigenResult found)
    {
        double[] numbers =
        [
            .. found.Eigenvalues, .. found.Residuals, found.ConvergedCount, found.Products, found.Passes, found.Restarts, found.BasisSize,
            (double)found.Verification, .. found.Eigenvectors.To(DataType.Float64).ToArray<double>(),
        ];
        return MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray();
    }
}
