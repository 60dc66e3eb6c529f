namespace Kappa.Mujoco;

/// <summary>Checks that run before native calls: MuJoCo ends the process, or reads out of bounds, where these throw.</summary>
internal static class Guard
{
    // MuJoCo's own limit (mjMAXVAL) for a number it takes as sound.
    private const double LargestValue = 1e10;

    public static void Length(string what, int actual, int expected, string size)
    {
        if (actual != expected)
            throw new ArgumentException($"{what} has {actual} elements, expected {expected} ({size}).");
    }

    public static void Finite(string what, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            // Negated so that NaN fails it too.
            if (!(Math.Abs(values[i]) <= LargestValue))
                throw new ArgumentException($"{what}[{i}] is {values[i]}, expected a finite number of at most 1e10 in size.");
        }
    }

    public static void Index(string what, int index, int count)
    {
        if ((uint)index >= (uint)count)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"Expected a {what} index from 0 to {count - 1}.");
    }

    public static void Positive(string what, double value)
    {
        if (!(value > 0 && double.IsFinite(value)))
            throw new ArgumentException($"{what} is {value}, expected a finite positive number.");
    }
}
