using Kappa.LinearAlgebra.Arithmetic;
using Kappa.LinearAlgebra.Operators;
using Kappa.Pieces;
using Kappa.Tensors;

namespace Kappa.Curvature.Operators;

/// <summary>What the Hessian changes by when sample k + 1 is added: H^(k+1) - H^(k) = (H_{k+1} - H^(k)) / (k + 1), from the sample by itself.</summary>
/// <remarks>The difference is taken between the Hessian of one sample and the mean of k, which are far apart, and not between two means that are nearly equal:
/// in float32 no digits are lost to it.</remarks>
public sealed class IncrementOperator : SymmetricOperator
{
    private readonly HessianOperator _sample;
    private readonly HessianOperator _mean;

    /// <summary>Makes the operator.</summary>
    /// <param name="risk">The mean loss; it has k + 1 samples or more.</param>
    /// <param name="k">How many samples there are before the one that is added.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no sample k + 1.</exception>
    public IncrementOperator(EmpiricalRisk risk, int k)
        : base((risk ?? throw new ArgumentNullException(nameof(risk))).Dimension, risk.DataType, risk.Device)
    {
        IncrementChecks.RequireSample(risk, k);
        (_sample, _mean, K) = (new HessianOperator(risk, k, 1), new HessianOperator(risk, 0, k), k);
    }

    /// <summary>k.</summary>
    public int K { get; }

    /// <inheritdoc/>
    public override IProcessGroup? Processes => _mean.Processes;

    /// <inheritdoc/>
    protected override Tensor ApplyCore(Tensor vectors)
    {
        var result = _sample.MatMat(vectors);
        using var mean = _mean.MatMat(vectors);
        BlockArithmetic.AddScaled(mean, -1, result);
        BlockArithmetic.Scale(result, 1.0 / (K + 1));
        return result;
    }
}
