using System.Numerics;
using Kappa.Pieces;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.LinearAlgebra.Arithmetic;

/// <summary>Which pieces of the columns of long rows each process of a group keeps, some neighbours each, and what they tell each other of them.</summary>
/// <remarks>Every process adds what all pieces give in the order of the pieces, so that the bits are those of one process that keeps them all.</remarks>
internal sealed class ColumnShares
{
    private readonly IProcessGroup? _processes;
    private readonly int[] _pieces;
    private readonly int[] _columns;

    /// <summary>Shares pieces out.</summary>
    /// <param name="pieces">How many there are.</param>
    /// <param name="width">The columns of a piece; the last may have fewer.</param>
    /// <param name="dimension">All columns.</param>
    /// <param name="processes">The group. Where it is larger than the pieces, which are little then, or no power of two, in which messages are cut, and where
    /// it is null, each process keeps all.</param>
    internal ColumnShares(int pieces, int width, int dimension, IProcessGroup? processes)
    {
        _processes = processes is { Size: > 1 } && processes.Size <= pieces && BitOperations.IsPow2(processes.Size) ? processes : null;
        int size = _processes?.Size ?? 1, part = IProcessGroup.PartOf(_processes?.Rank ?? 0, size);
        _pieces = [.. Enumerable.Range(0, size + 1).Select(i => (int)((long)pieces * i / size))];
        _columns = [.. _pieces.Select(piece => (int)Math.Min(dimension, (long)piece * width))];
        (First, Count) = (_pieces[part], _pieces[part + 1] - _pieces[part]);
    }

    /// <summary>The first piece of this process.</summary>
    internal int First { get; }

    /// <summary>How many pieces it keeps.</summary>
    internal int Count { get; }

    /// <summary>Whether other processes keep the other pieces.</summary>
    internal bool AreShared => _processes is not null;

    /// <summary>Hands the columns of rows that each process keeps to all.</summary>
    internal void Gather(Tensor rows)
    {
        if (_processes is null)
            return;
        using var edit = HostEdit.Of(rows);
        int length = rows.Shape[1];
        for (int row = 0; row < rows.Shape[0]; row++)
        {
            if (rows.DataType == DataType.Float32)
                _processes.AllGather(edit.Values<float>().Slice(row * length, length), _columns);
            else
                _processes.AllGather(edit.Values<double>().Slice(row * length, length), _columns);
        }
    }

    /// <summary>The sum over all pieces of a small matrix of each.</summary>
    /// <param name="own">Those of the pieces of this process, <c>[rows, columns]</c> each.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="columns">Columns of each.</param>
    internal double[,] Sum(double[][,] own, int rows, int columns)
    {
        double[,] sum = new double[rows, columns];
        foreach (double[,] part in _processes is null ? own : OfAll(own, rows, columns))
            BlockArithmetic.Add(part, sum);
        return sum;
    }

    private IEnumerable<double[,]> OfAll(double[][,] own, int rows, int columns)
    {
        int length = rows * columns;
        double[] all = new double[_pieces[^1] * length];
        foreach (var (i, part) in own.Index())
            Buffer.BlockCopy(part, 0, all, (First + i) * length * sizeof(double), length * sizeof(double));
        _processes!.AllGather(all, [.. _pieces.Select(piece => piece * length)]);
        for (int piece = 0; piece < _pieces[^1]; piece++)
        {
            double[,] part = new double[rows, columns];
            Buffer.BlockCopy(all, piece * length * sizeof(double), part, 0, length * sizeof(double));
            yield return part;
        }
    }
}
