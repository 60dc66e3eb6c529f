namespace Kappa.Rescaling;

/// <summary>What a rescaling did to the units behind one layer.</summary>
/// <param name="Path">The layer's path in the model, such as <c>layer1.0.conv1</c>.</param>
/// <param name="Kind">What it is, such as <c>Linear</c>.</param>
/// <param name="Scales">For each output channel, what the parameters that enter it were multiplied by, and those that leave it divided by; 1 for a channel that
/// was left alone.</param>
/// <param name="Units">For each output channel, its unit in <see cref="RescalingResult.LogScales"/>; -1 for a channel that was left alone. Channels that an
/// addition ties share a unit.</param>
public sealed record RescaledLayer(string Path, string Kind, IReadOnlyList<double> Scales, IReadOnlyList<int> Units)
{
    /// <summary>The smallest scale.</summary>
    public double Smallest => Scales.Min();

    /// <summary>The median scale.</summary>
    public double Median
    {
        get
        {
            double[] sorted = [.. Scales.Order()];
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    /// <summary>The largest scale.</summary>
    public double Largest => Scales.Max();
}
