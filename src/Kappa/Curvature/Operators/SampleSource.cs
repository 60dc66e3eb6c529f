using Kappa.Tensors;

namespace Kappa.Curvature.Operators;

/// <summary>Samples by number: inputs and targets of a range of them, the same whenever they are asked for.</summary>
/// <remarks>A sample is what the criteria add one at a time: a picture, or a sequence of tokens.</remarks>
public sealed class SampleSource
{
    private readonly Func<int, int, (Tensor Inputs, Tensor Targets)> _read;

    /// <summary>Makes a source of a function.</summary>
    /// <param name="count">How many samples there are, 1 or more.</param>
    /// <param name="read">From the number of the first sample and how many, to inputs and targets, whose first axis is that of the samples. They may be new
    /// tensors.</param>
    public SampleSource(int count, Func<int, int, (Tensor Inputs, Tensor Targets)> read)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentNullException.ThrowIfNull(read);
        (Count, _read) = (count, read);
    }

    /// <summary>Makes a source of two tensors that hold all samples.</summary>
    /// <param name="inputs"><c>[samples, ...]</c>.</param>
    /// <param name="targets"><c>[samples, ...]</c>.</param>
    public SampleSource(Tensor inputs, Tensor targets)
        : this(Samples(inputs, targets), (first, count) => (inputs.Range(first, count), targets.Range(first, count)))
    {
    }

    /// <summary>How many samples there are.</summary>
    public int Count { get; }

    /// <summary>Reads a range of samples.</summary>
    /// <param name="first">The number of the first, from 0.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the data.</exception>
    public (Tensor Inputs, Tensor Targets) Read(int first, int count)
    {
        if (first < 0 || count < 1 || first + (long)count > Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), $"samples {first} to {first + (long)count - 1} were asked for; the data has {Count}. Use a smaller k, or more data");
        }

        return _read(first, count);
    }

    private static int Samples(Tensor inputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        return inputs.Rank > 0 && targets.Rank > 0 && inputs.Shape[0] == targets.Shape[0]
            ? inputs.Shape[0]
            : throw new TensorShapeException($"inputs and targets must have one first axis, that of the samples; got {inputs.Shape} and {targets.Shape}");
    }
}
