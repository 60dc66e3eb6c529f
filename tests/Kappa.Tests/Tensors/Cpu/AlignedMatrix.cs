using System.Numerics;
using System.Runtime.InteropServices;

namespace Kappa.Tests.Tensors.Cpu;

/// <summary>A matrix in aligned memory with a leading dimension of its own, filled with a guard value outside its elements.</summary>
internal sealed unsafe class AlignedMatrix<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int GuardElements = 64;
    private static readonly T Guard = T.CreateChecked(-12345.5);
    private readonly T* _memory;
    private readonly int _length;

    internal AlignedMatrix(int rows, int columns, int leading)
    {
        (Rows, Columns, Leading) = (rows, columns, Math.Max(leading, columns));
        _length = (rows * Leading) + (2 * GuardElements);
        _memory = (T*)NativeMemory.AlignedAlloc((nuint)(_length * sizeof(T)), 64);
        new Span<T>(_memory, _length).Fill(Guard);
    }

    internal int Rows { get; }

    internal int Columns { get; }

    internal int Leading { get; }

    internal T* Pointer => _memory + GuardElements;

    internal ref T this[int row, int column] => ref Pointer[(row * Leading) + column];

    internal static AlignedMatrix<T> Random(int rows, int columns, int leading, Random random)
    {
        var matrix = new AlignedMatrix<T>(rows, columns, leading);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                matrix[i, j] = T.CreateChecked((random.NextDouble() * 2) - 1);
        }
        return matrix;
    }

    internal AlignedMatrix<T> Clone()
    {
        var copy = new AlignedMatrix<T>(Rows, Columns, Leading);
        new Span<T>(_memory, _length).CopyTo(new Span<T>(copy._memory, _length));
        return copy;
    }

    internal double[,] ToDoubles()
    {
        double[,] values = new double[Rows, Columns];
        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Columns; j++)
                values[i, j] = double.CreateChecked(this[i, j]);
        }
        return values;
    }

    internal void AssertGuardsUntouched(string what)
    {
        var all = new Span<T>(_memory, _length);
        for (int index = 0; index < all.Length; index++)
        {
            int inside = index - GuardElements;
            bool element = inside >= 0 && inside < Rows * Leading && inside % Leading < Columns;
            if (!element)
                Assert.True(all[index] == Guard, $"{what}: memory outside the matrix was written, at offset {inside} with leading dimension {Leading}.");
        }
    }

    internal void AssertSameBits(AlignedMatrix<T> other, string what)
    {
        var mine = MemoryMarshal.AsBytes(new Span<T>(_memory, _length));
        var theirs = MemoryMarshal.AsBytes(new Span<T>(other._memory, other._length));
        Assert.True(mine.SequenceEqual(theirs), $"{what}: the bits differ.");
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
