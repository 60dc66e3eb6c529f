using Kappa.LinearAlgebra.Solvers;

namespace Kappa.Diagnostics;

/// <summary>The eigenvalues of a tangent kernel, largest first.</summary>
/// <remarks>With gradients in single precision, those below 1e-6 of the largest are rounding errors.</remarks>
public sealed record KernelSpectrum
{
    internal KernelSpectrum(IReadOnlyList<double> values) => Values = values;

    /// <summary>The eigenvalues, largest first; not negative.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>The largest.</summary>
    public double Largest => Values[0];

    /// <summary>The smallest.</summary>
    public double Smallest => Values[^1];

    /// <summary>The largest over the smallest; infinite where that is zero.</summary>
    public double Condition => Smallest == 0 ? double.PositiveInfinity : Largest / Smallest;

    /// <summary>exp of the entropy of the eigenvalues as shares of their sum; 0 for a kernel of zeros.</summary>
    public double EffectiveRank => new SingularSpectrum([.. Values.Select(Math.Sqrt)]).EffectiveRank;
}
