using System.Runtime.InteropServices;
using Kappa.LinearAlgebra.Arithmetic;
using Kappa.Pieces;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Training;

namespace Kappa.Tests.LinearAlgebra.Arithmetic;

/// <summary>Processes that share a basis keep a part of it each, and find what one process finds.</summary>
public sealed class SharedBasisTests
{
    private const int Width = 16_384;

    [Theory]
    [InlineData(2, 2 * Width, DataType.Float64)]
    [InlineData(2, (2 * Width) + 1, DataType.Float32)]
    [InlineData(4, (3 * Width) + 7, DataType.Float64)]
    [InlineData(8, (9 * Width) + 100, DataType.Float32)]
    public void The_bits_of_everything_that_goes_out_are_those_of_one_process(int processes, int dimension, DataType type)
    {
        byte[] alone = Use(dimension, type, null);
        Assert.All(ThreadGroup.Run(processes, group => Use(dimension, type, group)), shared => Assert.True(alone.AsSpan().SequenceEqual(shared)));
    }

    [Theory]
    [InlineData(2, 9)]
    [InlineData(4, 9)]
    [InlineData(8, 9)]
    [InlineData(8, 8)]
    public void Each_process_has_memory_for_its_pieces_alone(int processes, int pieces)
    {
        int dimension = pieces * Width;
        using var whole = new OrthonormalBasis(6, dimension, DataType.Float32, Device.Cpu);
        long[] bytes = ThreadGroup.Run(processes, group => BytesOf(group, dimension, 6, 6));
        Assert.Equal(6L * dimension * sizeof(float), whole.Bytes);
        Assert.Equal(whole.Bytes, bytes.Sum());
        Assert.All(bytes, own => Assert.InRange(own, pieces / processes * 6 * Width * sizeof(float), ((pieces / processes) + 1) * 6 * Width * sizeof(float)));
        Assert.Equal(3 * whole.Bytes, ThreadGroup.Run(processes, group => BytesOf(group, dimension, 6, 18)).Sum());
    }

    [Theory]
    [InlineData(8, 5)]
    [InlineData(4, 3 * Width)]
    [InlineData(3, 4 * Width)]
    public void A_basis_of_fewer_pieces_than_processes_or_of_a_group_that_is_no_power_of_two_is_whole_in_each(int processes, int dimension)
    {
        long whole = 6L * dimension * sizeof(float);
        Assert.All(ThreadGroup.Run(processes, group => BytesOf(group, dimension, 6, 6)), bytes => Assert.Equal(whole, bytes));
        byte[] alone = Use(dimension, DataType.Float32, null);
        Assert.All(ThreadGroup.Run(processes, group => Use(dimension, DataType.Float32, group)), own => Assert.True(alone.AsSpan().SequenceEqual(own)));
    }

    [Fact]
    public void A_process_that_fails_ends_the_others()
    {
        var error = Assert.Throws<NotSupportedException>(() => ThreadGroup.Run(4, group =>
        {
            using var basis = new OrthonormalBasis(6, 4 * Width, DataType.Float32, Device.Cpu, group);
            _ = basis.AppendRandom(2, new Philox(1));
            return group.Rank == 2 ? throw new NotSupportedException("rank 2 is out of order") : basis.AppendRandom(2, new Philox(2));
        }));
        Assert.Equal("rank 2 is out of order", error.Message);
    }

    private static long BytesOf(IProcessGroup group, int dimension, int capacity, int grown)
    {
        using var basis = new OrthonormalBasis(capacity, dimension, DataType.Float32, Device.Cpu, group);
        if (grown > capacity)
            basis.Grow(grown);
        return basis.Bytes;
    }

    /// <summary>Every member, with rows that are left out, that nearly are, and that come back after each change of the basis.</summary>
    private static byte[] Use(int dimension, DataType type, IProcessGroup? group)
    {
        using var found = new MemoryStream();
        using var scope = TensorScope.Begin();
        using var basis = new OrthonormalBasis(Math.Min(12, dimension), dimension, type, Device.Cpu, group);
        _ = basis.AppendRandom(2, new Philox(1));
        Keep(basis.Rows(0, 2));
        var block = Tensor.Normal([3, dimension], new Philox(2), type: type);
        // The second is the first again, of which nothing is left; the third nearly is.
        block.Range(1, 1).CopyFromInPlace(block.Range(0, 1));
        BlockArithmetic.Scale(block.Range(2, 1), 1e-4);
        BlockArithmetic.AddScaled(block.Range(0, 1), 1, block.Range(2, 1));
        KeepMatrix(basis.Project(block));
        Keep(block);
        KeepMatrix(basis.Append(block, 1e-6 * Math.Sqrt(dimension)));
        Assert.Equal(4, basis.Count);
        KeepLast(2);
        KeepLast(1);
        KeepLast(3);
        // Rows that lie in the span: none comes in, and the last are those of before.
        var inside = basis.Rows(1, 2);
        KeepMatrix(basis.Project(inside));
        Assert.Equal(0, basis.Append(inside, 1e-3).GetLength(1));
        KeepLast(2);
        double[,] turn = { { 0.6, 0.8, 0, 0 }, { -0.8, 0.6, 0, 0 } };
        Keep(basis.Combine(turn));
        if (dimension > basis.Capacity)
            basis.Grow(20);
        basis.Compress(turn, 2);
        KeepLast(2);
        basis.Compress(new double[,] { { 1, 0, 0, 0 } }, 1);
        KeepLast(1);
        KeepLast(2);
        basis.Compress(new double[,] { { 0.6, 0.8 } }, 0);
        KeepLast(1);
        Assert.Equal(Math.Min(3, dimension - 1), basis.AppendRandom(3, new Philox(3)));
        KeepLast(basis.Count);
        return found.ToArray();

        void KeepLast(int rows) => Keep(basis.Rows(basis.Count - rows, rows));

        void Keep(Tensor rows) => found.Write(MemoryMarshal.AsBytes(rows.To(DataType.Float64).ToArray<double>().AsSpan()));

        void KeepMatrix(double[,] matrix) => found.Write(MemoryMarshal.AsBytes(matrix.Cast<double>().ToArray().AsSpan()));
    }
}
