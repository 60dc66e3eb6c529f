using Kappa.LinearAlgebra.Solvers;

namespace Kappa.Curvature.Criteria;

/// <summary>Settings of <see cref="CurvatureProbe"/>.</summary>
public sealed record CurvatureProbeOptions
{
    /// <summary>Each k of the curves, 1 or more; null for 16 of them at equal steps of its logarithm, up to one less than the samples.</summary>
    public IReadOnlyList<int>? Sizes { get; init; }

    /// <summary>Each D; the largest decides the subspace.</summary>
    public IReadOnlyList<int> Dimensions { get; init; } = [1, 4, 16];

    /// <summary>Each sigma.</summary>
    public IReadOnlyList<double> Sigmas { get; init; } = [1e-4, 1e-3, 1e-2];

    /// <summary>The samples whose mean Hessian gives the subspace, from the first; null for the largest k, or 256 where it is larger.</summary>
    [Range(AtLeast = 1)]
    public int? HessianSamples { get; init; }

    /// <summary>How many samples are added to the first k, each by itself; the criteria are means over them.</summary>
    [Range(AtLeast = 1)]
    public int Candidates { get; init; } = 1;

    /// <summary>Random vectors for the traces of the full-space criterion; 0 leaves it out.</summary>
    public int FullSpaceProbes { get; init; } = 8;

    /// <summary>The eigensolver.</summary>
    public LanczosOptions Lanczos { get; init; } = new();

    /// <summary>Of everything random.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentException">One is out of range; the message names it.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        if (Dimensions.Count == 0 || Sigmas.Count == 0)
            throw new ArgumentException("CurvatureProbeOptions.Dimensions and Sigmas take one value or more");
        foreach (int dimension in Dimensions)
            SolverChecks.AtLeast(dimension, 1, "CurvatureProbeOptions.Dimensions");
        foreach (double sigma in Sigmas)
            SolverChecks.Positive(sigma, "CurvatureProbeOptions.Sigmas");
        if (FullSpaceProbes is < 0 or 1)
            throw new ArgumentOutOfRangeException(nameof(FullSpaceProbes), FullSpaceProbes, "CurvatureProbeOptions.FullSpaceProbes takes 0, or 2 or more");
        Lanczos.Validate();
    }
}
