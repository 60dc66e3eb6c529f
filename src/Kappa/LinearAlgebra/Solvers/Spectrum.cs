namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Which end of a spectrum.</summary>
public enum Spectrum
{
    /// <summary>The largest eigenvalues, in descending order.</summary>
    LargestAlgebraic,

    /// <summary>The smallest eigenvalues, in ascending order.</summary>
    SmallestAlgebraic,

    /// <summary>The largest in absolute value, in descending order of it.</summary>
    LargestMagnitude,
}
