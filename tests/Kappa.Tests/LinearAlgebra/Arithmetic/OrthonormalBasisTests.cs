using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.LinearAlgebra.Arithmetic;

/// <summary>A basis lies in pieces, so that it may be larger than a tensor; nothing of that shows.</summary>
public sealed class OrthonormalBasisTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(50_000)]
    public void A_basis_over_several_pieces_does_what_a_dense_one_does(int dimension)
    {
        using var basis = new OrthonormalBasis(6, dimension, DataType.Float64, Device.Cpu);
        Assert.Equal(3, basis.AppendRandom(3, new Philox(1)));
        using var block = Tensor.Normal([2, dimension], new Philox(2), type: DataType.Float64);
        using var before = block.Clone();
        using var rows = basis.Rows(0, 3);
        double[,] taken = basis.Project(block);
        double[,] expected = BlockArithmetic.Gram(before, rows);
        for (int i = 0; i < 2; i++)
        {
            for (int j = 0; j < 3; j++)
                Assert.Equal(expected[i, j], taken[i, j], 1e-9);
        }

        double[,] factor = basis.Append(block, 1e-12);
        Assert.Equal(2, factor.GetLength(1));
        AssertOrthonormal(basis.Rows(0, 5));
        // before = taken * rows + factor * the appended ones.
        var rebuilt = rows.MatMulOf(taken) + basis.Rows(3, 2).MatMulOf(factor);
        AssertEqual(before, rebuilt, 1e-9);
        double[,] turn = { { 0.6, 0.8, 0, 0, 0 }, { -0.8, 0.6, 0, 0, 0 } };
        using var combined = basis.Combine(turn);
        AssertEqual(basis.Rows(0, 5).MatMulOf(turn), combined, 1e-12);
        using var last = basis.Rows(4, 1);
        basis.Grow(9);
        Assert.Equal((9, 5), (basis.Capacity, basis.Count));
        AssertOrthonormal(basis.Rows(0, 5));
        basis.Compress(turn, 1);
        Assert.Equal(3, basis.Count);
        AssertEqual(combined, basis.Rows(0, 2), 1e-12);
        AssertEqual(last, basis.Rows(2, 1), 0);
    }

    [Theory]
    [InlineData(60, 50, 60)]
    [InlineData(60, 20, 20)]
    [InlineData(1000, 20, 100)]
    public void A_basis_is_no_larger_than_half_of_the_memory(int wanted, int least, int expected)
    {
        // 100 vectors of a million elements in half of 800 MB; of the second case 20.
        long available = expected == 20 ? 160_000_000 : 800_000_000;
        Assert.Equal(expected, BasisMemory.Choose(wanted, least, 1_000_000, DataType.Float32, "", available));
    }

    [Fact]
    public void Too_little_memory_is_said_with_the_settings_that_help()
    {
        string message = Assert.Throws<ArgumentException>(
            () => BasisMemory.Choose(60, 18, 1_000_000_000, DataType.Float32, "set a smaller LanczosOptions.BasisSize", 16L << 30)).Message;
        Assert.Contains(
            "a basis of 18 vectors of 1000000000 elements takes 67.1 GB, and half of this process's memory is 8.0 GB", message, StringComparison.Ordinal);
        Assert.Contains("LanczosOptions.BasisSize", message, StringComparison.Ordinal);
        Assert.Equal(3, BasisMemory.Choose(60, 18, 3, DataType.Float32, "", 1 << 20));
    }

    [Fact]
    public void With_little_memory_Lanczos_works_in_a_small_basis_and_says_so()
    {
        using var matrix = new KnownMatrix([.. Enumerable.Range(0, 400).Select(i => 100 / (1.0 + i))]);
        using var run = new LanczosRun(matrix.Operator, 6, new LanczosOptions { Tolerance = 1e-6, MaxProducts = 5000 }, 2 * 20 * 400 * 8);
        using var result = run.Solve(default, null);
        Assert.Equal(20, result.BasisSize);
        Assert.True(result.Converged);
        for (int i = 0; i < 6; i++)
            Assert.Equal(100 / (1.0 + i), result.Eigenvalues[i], 1e-5);
    }

    private static void AssertOrthonormal(Tensor rows)
    {
        var gram = rows.MatMul(rows, transposeB: true);
        for (int i = 0; i < gram.Count; i++)
            Assert.Equal(i / gram.Shape[0] == i % gram.Shape[0] ? 1 : 0, gram.Values<double>()[i], 1e-13);
    }

    private static void AssertEqual(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double[] a = expected.ToArray<double>(), b = actual.ToArray<double>();
        for (int i = 0; i < a.Length; i++)
            Assert.Equal(a[i], b[i], tolerance);
    }
}

/// <summary>Small matrices times rows, for expectations.</summary>
file static class RowCombinations
{
    internal static Tensor MatMulOf(this Tensor rows, double[,] coefficients) => BlockArithmetic.FromMatrix(coefficients, 1, rows).MatMul(rows);
}
