using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Operators;
using Kappa.Tensors;

namespace Kappa.LinearAlgebra.Solvers;

/// <summary>
/// An operator over a power of two near its size, where that is far from 1, so that squares of its products neither overflow nor vanish. The division is exact.
/// </summary>
internal sealed class NormalizedOperator(SymmetricOperator matrix)
{
    // Sizes that are left alone: their squares are well within float32.
    private const int Far = 24;

    private int? _exponent;

    internal Tensor MatMat(Tensor vectors)
    {
        var result = matrix.MatMat(vectors);
        _exponent ??= Choose(result);
        BlockArithmetic.ScaleByPower(result, -(_exponent ?? 0));
        return result;
    }

    /// <summary>A value of the operator itself.</summary>
    internal double Restore(double value) => Math.ScaleB(value, _exponent ?? 0);

    /// <summary>The first product that is not zero decides.</summary>
    private static int? Choose(Tensor product)
    {
        int exponent = BlockArithmetic.ExponentOf(product);
        return Math.Abs(exponent) > Far ? exponent : BlockArithmetic.Norm(product) > 0 ? 0 : null;
    }
}
