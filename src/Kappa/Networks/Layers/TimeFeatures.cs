using Kappa.Tensors;

namespace Kappa.Networks.Layers;

/// <summary>Tells a network the time: <c>[batch, n + 1]</c>, a point and last the time from 0 to 1, to <c>[batch, n + 2 frequencies]</c>, the point, then
/// sin(pi 2^k t), then cos(pi 2^k t).</summary>
/// <remarks>In front of a multilayer perceptron it makes a velocity field for flow matching (Lipman and others, 2022, arXiv 2210.02747). The time is not
/// differentiated.</remarks>
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
        int batch = input.Shape[0], columns = input.Shape[1];
        double[] features = new double[batch * 2 * frequencies];
        var host = input.OnHost();
        for (int row = 0; row < batch; row++)
        {
            double time = host.ElementAsDouble((row * columns) + columns - 1);
            for (int k = 0; k < frequencies; k++)
                (features[(((row * 2) + 0) * frequencies) + k], features[(((row * 2) + 1) * frequencies) + k]) = Math.SinCos(Math.PI * (1 << k) * time);
        }

        using var doubles = Tensor.From(features, [batch, 2 * frequencies]);
        return input.Device.IsHost ? doubles.To(input.DataType) : doubles.To(input.DataType).To(input.Device);
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
