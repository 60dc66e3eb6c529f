namespace Kappa.Networks;

/// <summary>Variants of <see cref="Loss.CrossEntropy(Tensors.Tensor, Tensors.Tensor, CrossEntropyOptions)"/>. The defaults are the plain mean over all
/// rows.</summary>
public sealed record CrossEntropyOptions
{
    /// <summary>Rows with this label do not count, as padding does; it may lie outside the classes. Null: every row counts. PyTorch's default is
    /// -100.</summary>
    public int? IgnoreIndex { get; init; }

    /// <summary>The part of a label that is spread evenly over all classes (Szegedy and others, 2016, arXiv 1512.00567), from 0 to 1.</summary>
    [Range(AtLeast = 0, AtMost = 1)]
    public double LabelSmoothing { get; init; }

    /// <summary>w, a weight for each class, zero or more and not all zero. Null: 1 for each.</summary>
    public IReadOnlyList<double>? ClassWeights { get; init; }

    /// <summary>Checks every property.</summary>
    /// <exception cref="ArgumentException">One is out of its range; the message names it, what it got and what it takes.</exception>
    public void Validate()
    {
        OptionRanges.Check(this);
        if (ClassWeights is null)
            return;
        for (int i = 0; i < ClassWeights.Count; i++)
        {
            if (!(ClassWeights[i] is >= 0 and < double.PositiveInfinity))
            {
                throw new ArgumentOutOfRangeException(
                    $"CrossEntropyOptions.{nameof(ClassWeights)}", ClassWeights[i],
                    $"CrossEntropyOptions.ClassWeights takes finite numbers, zero or more; class {i} has {ClassWeights[i]:R}");
            }
        }

        if (!ClassWeights.Any(weight => weight > 0))
        {
            throw new ArgumentException(
                $"CrossEntropyOptions.ClassWeights takes a weight above zero for one class or more; got {ClassWeights.Count} zeros",
                $"CrossEntropyOptions.{nameof(ClassWeights)}");
        }
    }
}
