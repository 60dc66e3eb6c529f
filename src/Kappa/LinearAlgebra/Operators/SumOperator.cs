using Kappa.Pieces;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.LinearAlgebra.Operators;

/// <summary>The sum of operators.</summary>
public sealed class SumOperator : SymmetricOperator
{
    private readonly SymmetricOperator[] _terms;

    /// <summary>Makes the sum.</summary>
    /// <param name="terms">One or more operators of one dimension and type.</param>
    public SumOperator(params SymmetricOperator[] terms)
        : base(First(terms).Dimension, terms[0].DataType, terms[0].Device)
    {
        foreach (var term in terms)
        {
            if (term.Dimension != Dimension || term.DataType != DataType)
            {
                throw new ArgumentException(
                    $"SumOperator: expected terms of dimension {Dimension} and {DataType}, those of the first; got {term.Dimension} and {term.DataType}",
                    nameof(terms));
            }
        }

        _terms = [.. terms];
    }

    /// <summary>Those of the terms, where all terms have the same; null where not.</summary>
    public override IProcessGroup? Processes => Array.TrueForAll(_terms, term => term.Processes == _terms[0].Processes) ? _terms[0].Processes : null;

    /// <inheritdoc/>
    protected override Tensor ApplyCore(Tensor vectors)
    {
        var result = _terms[0].MatMat(vectors);
        foreach (var term in _terms.AsSpan(1))
        {
            using var share = term.MatMat(vectors);
            result.Backend.Binary(BinaryKernel.Add, result, share, result);
        }

        return result;
    }

    private static SymmetricOperator First(SymmetricOperator[] terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return terms.Length > 0 ? terms[0] : throw new ArgumentException("SumOperator: expected one operator or more", nameof(terms));
    }
}
