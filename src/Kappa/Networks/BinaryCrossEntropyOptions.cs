using Kappa.Tensors;

namespace Kappa.Networks;

/// <summary>Variants of <see cref="Loss.BinaryCrossEntropyWithLogits(Tensor, Tensor, BinaryCrossEntropyOptions)"/>. The defaults are the plain mean.</summary>
public sealed record BinaryCrossEntropyOptions
{
    /// <summary>p, what a positive weighs beside a negative, above zero: one number for each class, the last axis of the logits, or one for all. The number of
    /// negatives over that of positives balances the two. Null: 1.</summary>
    public IReadOnlyList<double>? PositiveWeights { get; init; }

    /// <summary>s, the part of a target that is spread evenly over both answers: y becomes (1 - s) y + s / 2. From 0 to 1.</summary>
    [Range(AtLeast = 0, AtMost = 1)]
    public double LabelSmoothing { get; init; }

    /// <summary>w, a constant weight of zero or more for each element, or, with the leading axes alone such as <c>[batch]</c>, for each example. What weighs
    /// zero is not looked at, NaN or not. Null: 1 for each.</summary>
    public Tensor? Weights { get; init; }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        if (PositiveWeights is null)
            return;
        for (int i = 0; i < PositiveWeights.Count; i++)
        {
            if (!(PositiveWeights[i] is > 0 and < double.PositiveInfinity))
            {
                throw new ArgumentOutOfRangeException(
                    $"BinaryCrossEntropyOptions.{nameof(PositiveWeights)}", PositiveWeights[i],
                    $"BinaryCrossEntropyOptions.PositiveWeights takes finite numbers above zero; class {i} has {PositiveWeights[i]:R}");
            }
        }
    }
}
