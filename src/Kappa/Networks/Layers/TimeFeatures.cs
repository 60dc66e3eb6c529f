using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>Tells a network the time: <c>[batch, n + 1]</c>, a point and last the time from 0 to 1, to <c>[batch, n + 2 frequencies]</c>, the point, then
/// sin(pi 2^k t), then cos(pi 2^k t).</summary>
/// <remarks>In front of a multilayer perceptron it makes a velocity field for flow matching (Lipman and others, 2022, arXiv 2210.02747). Angles are formed in
/// double precision, since the highest has up to 2^29 half turns in it, and the features are rounded to the type of the input.</remarks>
public sealed class TimeFeatures : Module
{
    /// <summary>Makes the module.</summary>
    /// <param name="frequencies">How many frequencies, from 1 doubling: 1 to 30.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer or more.</exception>
    public TimeFeatures(int frequencies)
    {
        if (frequencies is < 1 or > 30)
            throw new ArgumentOutOfRangeException(nameof(frequencies), frequencies, "TimeFeatures takes 1 to 30 frequencies");
        Frequencies = frequencies;
    }

    /// <summary>How many frequencies.</summary>
    public int Frequencies { get; }

    /// <summary>The features of the last column alone, <c>[batch, 2 frequencies]</c>.</summary>
    internal static Tensor Of(Tensor input, int frequencies)
    {
        double[] halfTurns = [.. Enumerable.Range(0, frequencies).Select(k => Math.PI * (1 << k))];
        var angles = input.Slice(1, input.Shape[1] - 1, 1).Cast(DataType.Float64) * Tensor.From(halfTurns).On(input.Device);
        return Tensor.Concat(1, angles.Sin(), angles.Cos()).Cast(input.DataType);
    }

    /// <inheritdoc/>
    /// <exception cref="TensorShapeException">The input is no matrix of two columns or more.</exception>
    protected override Tensor ForwardCore(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank != 2 || input.Shape[1] < 2)
            throw new TensorShapeException($"TimeFeatures: expected [batch, n + 1], a point and the time; got {input.Shape}");
        return Tensor.Concat(1, input.Slice(1, 0, input.Shape[1] - 1), Of(input, Frequencies));
    }
}
