namespace Kappa.Data.Pictures;

/// <summary>What turns the values of pixels, 0 (black) to 1, into inputs: <c>(value - mean) / deviation</c>, for each channel.</summary>
/// <param name="Mean">Of each channel (grey, or red, green and blue), or one number for all.</param>
/// <param name="Deviation">The standard deviation of each channel, or one number for all; above 0.</param>
public sealed record PictureNormalization(IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation)
{
    /// <summary>Leaves values as they are, 0 to 1.</summary>
    public static PictureNormalization None { get; } = new([0], [1]);

    /// <summary>The input for each channel and byte, <c>[channels * 256]</c>.</summary>
    /// <exception cref="ArgumentException">There are neither one number nor as many as channels, or one is no such number.</exception>
    internal float[] Table(int channels)
    {
        Check(Mean, channels, nameof(Mean), "finite numbers", double.IsFinite);
        Check(Deviation, channels, nameof(Deviation), "finite numbers above 0", value => double.IsFinite(value) && value > 0);
        float[] table = new float[channels * 256];
        for (int channel = 0; channel < channels; channel++)
        {
            double mean = Mean[Mean.Count == 1 ? 0 : channel], deviation = Deviation[Deviation.Count == 1 ? 0 : channel];
            for (int value = 0; value < 256; value++)
                table[(channel * 256) + value] = (float)(((value / 255.0) - mean) / deviation);
        }
        return table;
    }

    /// <summary>Turns bytes into inputs.</summary>
    /// <param name="table">From <see cref="Table"/>.</param>
    /// <param name="pixels"><c>[channels, height, width]</c>.</param>
    /// <param name="inputs">Overwritten; as long.</param>
    internal static void Apply(ReadOnlySpan<float> table, ReadOnlySpan<byte> pixels, Span<float> inputs)
    {
        int channels = table.Length / 256, area = pixels.Length / channels;
        for (int channel = 0; channel < channels; channel++)
        {
            var from = pixels.Slice(channel * area, area);
            var to = inputs.Slice(channel * area, area);
            var values = table.Slice(channel * 256, 256);
            for (int i = 0; i < from.Length; i++)
                to[i] = values[from[i]];
        }
    }

    private static void Check(IReadOnlyList<double> numbers, int channels, string name, string takes, Func<double, bool> isValid)
    {
        if ((numbers.Count == 1 || numbers.Count == channels) && numbers.All(isValid))
            return;
        string got = string.Join(", ", numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
        throw new ArgumentException($"PictureNormalization.{name}: expected one or {channels} {takes}; got [{got}]");
    }
}
