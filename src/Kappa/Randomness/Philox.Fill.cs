using System.Runtime.CompilerServices;

namespace Kappa.Randomness;

public sealed partial class Philox
{
    /// <summary>Fills with floats uniform over [low, high), one word each, in the order of <see cref="NextSingle"/>.</summary>
    /// <param name="destination">The values to overwrite.</param>
    /// <param name="low">The smallest possible value; finite.</param>
    /// <param name="high">The bound that is not reached; finite, above <paramref name="low"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bounds are not finite, not ordered, or further apart than the largest float.</exception>
    public void FillUniform(Span<float> destination, float low = 0f, float high = 1f)
    {
        CheckBounds(low, high, high - low);
        // low + width * u may round up to high itself.
        float width = high - low, largest = MathF.BitDecrement(high);
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = MathF.Min(low + width * NextSingle(), largest);
        }
    }

    /// <summary>Fills with doubles uniform over [low, high), two words each, in the order of <see cref="NextDouble"/>.</summary>
    /// <param name="destination">The values to overwrite.</param>
    /// <param name="low">The smallest possible value; finite.</param>
    /// <param name="high">The bound that is not reached; finite, above <paramref name="low"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bounds are not finite, not ordered, or further apart than the largest double.</exception>
    public void FillUniform(Span<double> destination, double low = 0.0, double high = 1.0)
    {
        CheckBounds(low, high, high - low);
        double width = high - low, largest = Math.BitDecrement(high);
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = Math.Min(low + width * NextDouble(), largest);
        }
    }

    /// <summary>Fills with normal floats.</summary>
    /// <param name="destination">The values to overwrite.</param>
    /// <param name="mean">The mean; finite.</param>
    /// <param name="std">The standard deviation; finite, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The mean is not finite, or the standard deviation is negative or not finite.</exception>
    /// <remarks>Box and Muller in single precision, both numbers of each pair used: a block of four words gives four values, none
    /// beyond 6.7 standard deviations. The fill starts at a fresh block and ends with a whole one; words left over are passed over.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FillNormal(Span<float> destination, float mean = 0f, float std = 1f)
    {
        CheckMoments(mean, std);
        Span<float> block = stackalloc float[Philox4x32.WordsPerBlock];
        StartFreshBlock();
        while (!destination.IsEmpty)
        {
            (block[0], block[1]) = NormalPair(_word0, _word1);
            (block[2], block[3]) = NormalPair(_word2, _word3);
            int count = Math.Min(block.Length, destination.Length);
            for (int i = 0; i < count; i++)
            {
                destination[i] = mean + std * block[i];
            }
            destination = destination[count..];
            NextBlock();
        }
    }

    /// <summary>Fills with normal doubles.</summary>
    /// <param name="destination">The values to overwrite.</param>
    /// <param name="mean">The mean; finite.</param>
    /// <param name="std">The standard deviation; finite, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The mean is not finite, or the standard deviation is negative or not finite.</exception>
    /// <remarks>Box and Muller, both numbers of each pair used: a block of four words gives two values. The fill starts at a fresh
    /// block and ends with a whole one.</remarks>
    public void FillNormal(Span<double> destination, double mean = 0.0, double std = 1.0)
    {
        CheckMoments(mean, std);
        StartFreshBlock();
        while (!destination.IsEmpty)
        {
            double radius = Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble()));
            var (sine, cosine) = Math.SinCos(Math.Tau * NextDouble());
            destination[0] = mean + std * (radius * cosine);
            if (destination.Length > 1)
            {
                destination[1] = mean + std * (radius * sine);
            }
            destination = destination[Math.Min(2, destination.Length)..];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float First, float Second) NormalPair(uint word0, uint word1)
    {
        // (word + 1) / 2^32 keeps all 32 bits in the tail, where a multiple of 2^-24 would cut it at 5.8, and is never 0.
        float radius = MathF.Sqrt(-2f * MathF.Log((word0 + 1f) * (1f / 4294967296f)));
        var (sine, cosine) = MathF.SinCos(MathF.Tau * ToUnitSingle(word1));
        return (radius * cosine, radius * sine);
    }

    private void StartFreshBlock()
    {
        if (_position != 0)
        {
            NextBlock();
        }
    }

    private static void CheckBounds(double low, double high, double width)
    {
        if (!double.IsFinite(low) || !double.IsFinite(width) || !(low < high))
        {
            throw new ArgumentOutOfRangeException(
                nameof(high), $"Expected finite bounds with low < high and a finite difference, got low {low:R} and high {high:R}.");
        }
    }

    private static void CheckMoments(double mean, double std)
    {
        if (!double.IsFinite(mean) || !double.IsFinite(std) || std < 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(std), $"Expected a finite mean and a finite standard deviation of at least 0, got mean {mean:R} and std {std:R}.");
        }
    }
}
