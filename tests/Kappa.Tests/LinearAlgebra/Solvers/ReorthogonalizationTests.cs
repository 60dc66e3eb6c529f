using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.LinearAlgebra.Solvers;

/// <summary>One pass of Gram and Schmidt loses as many digits as a vector loses length; the second gives them back.</summary>
public sealed class ReorthogonalizationTests
{
    [Fact]
    public void Vectors_that_nearly_lie_in_the_span_come_out_orthogonal_to_1e_14()
    {
        // Rows of a Hilbert matrix: each keeps less of its length than the one before, down to 1e-12 of it.
        const int Rows = 9, Dimension = 40;
        using var basis = new OrthonormalBasis(Rows, Dimension, DataType.Float64, Device.Cpu);
        for (int row = 0; row < Rows; row++)
        {
            using var block = Tensor.From([.. Enumerable.Range(0, Dimension).Select(column => 1.0 / (row + column + 1))], [1, Dimension]);
            _ = basis.Project(block);
            Assert.Equal(1, basis.Append(block, 0).GetLength(1));
        }

        using var all = basis.Rows(0, Rows);
        Assert.InRange(Departure(all), 0, 1e-14);
    }

    [Fact]
    public void Rows_of_a_block_that_are_nearly_parallel_come_out_orthogonal_to_2e_15()
    {
        // Each keeps 1.2% of its length beside the first: too much for the third pass to come in.
        const int Rows = 12, Dimension = 60;
        using var basis = new OrthonormalBasis(Rows, Dimension, DataType.Float64, Device.Cpu);
        using var block = Tensor.Normal([Rows, Dimension], new Philox(3), type: DataType.Float64);
        double[] values = block.ToArray<double>();
        for (int i = Dimension; i < values.Length; i++)
            block.Values<double>()[i] = values[i % Dimension] + (0.012 * values[i]);
        _ = basis.Append(block, 0);
        using var all = basis.Rows(0, Rows);
        Assert.InRange(Departure(all), 0, 2e-15);
    }

    [Fact]
    public void What_is_left_of_a_row_that_nearly_lies_in_its_block_is_orthogonal_to_the_basis_too()
    {
        const int Dimension = 60;
        using var basis = new OrthonormalBasis(10, Dimension, DataType.Float64, Device.Cpu);
        _ = basis.AppendRandom(6, new Philox(1));
        using var block = Tensor.Normal([2, Dimension], new Philox(2), type: DataType.Float64);
        double[] values = block.ToArray<double>();
        for (int i = 0; i < Dimension; i++)
            block.Values<double>()[Dimension + i] = values[i] + (1e-9 * values[Dimension + i]);
        _ = basis.Project(block);
        // The second row keeps 1e-9 of its length, of which rounding in the directions of the basis is 1e-7.
        Assert.Equal(2, basis.Append(block, 1e-14).GetLength(1));
        using var all = basis.Rows(0, 8);
        Assert.InRange(Departure(all), 0, 1e-14);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_eigenvectors_of_a_wildly_graded_and_clustered_spectrum_are_orthogonal_to_1e_12(int blockSize)
    {
        double[] values = [.. Enumerable.Range(0, 160).Select(i => i < 60 ? Math.Pow(10, -i / 5) * (1 + (1e-5 * (i % 5))) : 1e-13 * Math.Cos(i))];
        using var matrix = new KnownMatrix(values);
        var result = Lanczos.Solve(matrix.Operator, 30, new LanczosOptions { BlockSize = blockSize, Tolerance = 1e-6, MaxProducts = 4000 });
        Assert.InRange(Departure(result.Eigenvectors), 0, 1e-12);
        Assert.InRange(result.ConvergedCount, 30, 30);
        for (int i = 0; i < 30; i++)
            Assert.Equal(values[(i / 5 * 5) + 4 - (i % 5)], result.Eigenvalues[i], 1e-6 * values[i]);
    }

    /// <summary>The largest departure of the rows' inner products from those of an orthonormal set.</summary>
    private static double Departure(Tensor rows)
    {
        var gram = rows.MatMul(rows, transposeB: true);
        return Enumerable.Range(0, gram.Count).Max(i => Math.Abs(gram.Values<double>()[i] - (i / gram.Shape[0] == i % gram.Shape[0] ? 1 : 0)));
    }
}
