using Kappa.LinearAlgebra.Arithmetic;
using Kappa.Tensors;

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

    /// <summary>The sum as rows, <c>[K, N]</c>; this is used up.</summary>
    internal Tensor ToRows()
    {
        var rows = _sums[0].New([count ?? 1, _dimension]);
        ParameterVectors.Join(_sums, rows);
        Dispose();
        return rows;
    }

    public void Dispose()
    {
        foreach (var sum in _sums)
            sum.Dispose();
    }
}
