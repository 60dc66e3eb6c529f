namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Whether it was checked that no eigenvalue was missed, and if not, why.</summary>
public enum Verification
{
    /// <summary>It was not asked for, or the solver cannot.</summary>
    NotRequested,

    /// <summary>The pairs themselves have not converged.</summary>
    NotConverged,

    /// <summary>The products ran out first: raise <see cref="LanczosOptions.MaxProducts"/>.</summary>
    OutOfProducts,

    /// <summary>The basis was full first: raise <see cref="LanczosOptions.BasisSize"/>, or, where that was not set, give the process more memory.</summary>
    OutOfBasis,

    /// <summary>
    /// Checked from a fresh random vector: an eigenvalue beyond the last by more than the tolerance would have shown, but for a risk of 1e-5.
    /// </summary>
    RandomStart,

    /// <summary>Certain: the basis spans the whole space.</summary>
    WholeSpace,
}
