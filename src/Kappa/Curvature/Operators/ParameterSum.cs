using System.Runtime.InteropServices;
using Kappa.LinearAlgebra.Arithmetic;
using Kappa.Pieces;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Curvature.Operators;

/// <summary>A weighted sum over batches of something for each parameter.</summary>
internal sealed class ParameterSum(IReadOnlyList<Tensor> leaves, int? count) : IDisposable
{
    private readonly Tensor[] _sums = [.. leaves.Select(leaf => leaf.NewZeros(count is { } k ? leaf.Shape.Prepend(k) : leaf.Shape).Keep())];
    private readonly int _dimension = leaves.Sum(leaf => leaf.Count);

    /// <summary>The sum so far, by parameter.</summary>
    internal IReadOnlyList<Tensor> Parts => _sums;

    internal void Add(IReadOnlyList<Tensor> parts, double weight)
    {
        for (int i = 0; i < _sums.Length; i++)
            BlockArithmetic.AddScaled(parts[i], weight, _sums[i]);
    }

    /// <summary>Adds another sum, which is used up.</summary>
    internal ParameterSum Plus(ParameterSum next)
    {
        for (int i = 0; i < _sums.Length; i++)
            _sums[i].Backend.Binary(BinaryKernel.Add, _sums[i], next._sums[i], _sums[i]);
        next.Dispose();
        return this;
    }

    /// <summary>The sum over all processes as rows, <c>[K, N]</c>; this is used up.</summary>
    internal Tensor ToRows(IProcessGroup processes)
    {
        var rows = _sums[0].New([count ?? 1, _dimension]);
        ParameterVectors.Join(_sums, rows);
        Dispose();
        if (processes.Size == 1)
            return rows;
        if (rows.DataType == DataType.Float32)
            Share<float>(rows, values => processes.Sum(values));
        else
            Share<double>(rows, values => processes.Sum(values));
        return rows;
    }

    private static void Share<T>(Tensor rows, Action<T[]> sum)
        where T : unmanaged
    {
        var host = rows.OnHost();
        T[] values = host.ToArray<T>();
        if (host != rows)
            host.Dispose();
        sum(values);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(rows.WritableBytes());
    }

    public void Dispose()
    {
        foreach (var sum in _sums)
            sum.Dispose();
    }
}
