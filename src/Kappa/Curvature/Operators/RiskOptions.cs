using Kappa.Pieces;
using Kappa.Training;

namespace Kappa.Curvature.Operators;

/// <summary>Settings of an <see cref="EmpiricalRisk"/>.</summary>
public sealed record RiskOptions
{
    /// <summary>Samples of one forward pass, 1 or more; results do not depend on it beyond rounding, memory does.</summary>
    [Range(AtLeast = 1)]
    public int BatchSize { get; init; } = 32;

    /// <summary>Which parameters: a name such as <c>head.weight</c>, a layer such as <c>block0</c>, a pattern such as <c>block*.mlp.*</c> where a star is any
    /// text, or null for all.</summary>
    public string? Parameters { get; init; }

    /// <summary>In how many pieces the batches are added up, along one binary tree, so that any number of processes gets the same bits: a power of two.
    /// Null, the default: one batch after the other, in one process.</summary>
    /// <remarks>Pieces hold about as many batches each, some none where there are fewer batches. The memory of sums grows with the logarithm of the pieces of a
    /// process.</remarks>
    [Range(AtLeast = 1)]
    public int? Pieces { get; init; }

    /// <summary>The processes that share the pieces, a power of two; each of them makes the same risk and calls for the same values, gradients and products.
    /// Null for this process alone.</summary>
    public IProcessGroup? Processes { get; init; }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range.</exception>
    /// <exception cref="ArgumentException">The processes cannot share the pieces.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        if (Pieces is { } pieces)
            BatchPieces.RequireShared(pieces, Processes?.Size ?? 1);
        else if (Processes is { Size: > 1 and var size })
            throw new ArgumentException($"RiskOptions.Pieces: {size} processes share the pieces of a sum; expected how many, such as 8; got none");
    }
}
