namespace Kappa.Lab.Studies.Probe;

/// <summary>What <c>kappa probe</c> is asked for.</summary>
public sealed record ProbeSettings
{
    /// <summary>How many eigenvalues.</summary>
    public int Top { get; init; } = 10;

    /// <summary>Which curvature matrix.</summary>
    public CurvatureMatrix Matrix { get; init; } = CurvatureMatrix.Hessian;

    /// <summary>Samples of the mean whose curvature is measured.</summary>
    public int Samples { get; init; } = 64;

    /// <summary>Whether on validation data.</summary>
    public bool Validation { get; init; }

    /// <summary>Which parameters; null for all.</summary>
    public string? Parameters { get; init; }

    /// <summary>Residual over |eigenvalue| that counts as converged.</summary>
    public double Tolerance { get; init; } = 1e-3;

    /// <summary>Whether the spectral density is estimated.</summary>
    public bool Density { get; init; }

    /// <summary>Whether the criteria of stabilisation are.</summary>
    public bool Criteria { get; init; }

    /// <summary>Each k; null for a dozen up to the samples less one.</summary>
    public IReadOnlyList<int>? Sizes { get; init; }

    /// <summary>Each sigma.</summary>
    public IReadOnlyList<double> Sigmas { get; init; } = [1e-4, 1e-3, 1e-2];

    /// <summary>Each D.</summary>
    public IReadOnlyList<int> Dimensions { get; init; } = [1, 4, 10];

    /// <summary>Samples of one forward pass.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Of the order of samples and everything random.</summary>
    public ulong Seed { get; init; }

    /// <summary>In how many pieces batches are added up, which processes share; null for one after the other.</summary>
    public int? Pieces { get; init; }

    internal RiskOptions Risk => new() { BatchSize = BatchSize, Parameters = Parameters, Pieces = Pieces };
}
