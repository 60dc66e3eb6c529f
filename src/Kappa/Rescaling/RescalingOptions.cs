namespace Kappa.Rescaling;

/// <summary>Settings of <see cref="PathConditioning"/> and <see cref="EquiNormalization"/>.</summary>
public sealed record RescalingOptions
{
    /// <summary>The shape of one input without the batch, such as <c>[3, 32, 32]</c>. Null, the default, reads it off a first layer that is linear; a
    /// convolution takes images of any size, so there it must be given.</summary>
    public IReadOnlyList<int>? InputShape { get; init; }

    /// <summary>The most sweeps over all units; 1 or more. Default 1,000: enough for convergence, which usually takes some tens.</summary>
    [Range(AtLeast = 1)]
    public int Sweeps { get; init; } = 1000;

    /// <summary>
    /// Converged is when no unit's log-scale moved by more than this in a sweep, nor will in all sweeps to come, as the last two foretell; 0 or more, where 0
    /// takes all <see cref="Sweeps"/> and makes them the plain ones of the paper; otherwise a slow geometric approach is extrapolated where that lowers the
    /// criterion. Default 1e-6.
    /// </summary>
    [Range(AtLeast = 0)]
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>What a batch normalisation is to the rescaling.</summary>
    public BatchNormMode BatchNorm { get; init; } = BatchNormMode.Exact;

    /// <summary>Whether the outputs on a random input are compared before and after, and the weights put back with an error where they differ: guards against a
    /// model that hides a use of its weights. Default true.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        if (InputShape is { } shape && (shape.Count == 0 || shape.Any(length => length < 1)))
        {
            string got = $"[{string.Join(", ", shape)}]";
            throw new ArgumentOutOfRangeException(
                nameof(InputShape), got, $"RescalingOptions.InputShape: takes lengths of 1 or more, without the batch; got {got}");
        }
    }
}
