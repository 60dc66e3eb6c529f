using MathNet.Numerics;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>The standard normal distribution function Phi, and x Phi(x) with its derivatives, in double precision.</summary>
internal static class NormalDistribution
{
    /// <summary>Beyond, Phi and its density have become 0 or 1, and so has every product of theirs with a power of x.</summary>
    private const double Far = 40;

    private static readonly double RootOfTwo = Math.Sqrt(2);
    private static readonly double RootOfTwoPi = Math.Sqrt(2 * Math.PI);
    private static readonly double RootOfHalfPi = Math.Sqrt(Math.PI / 2);

    /// <summary>Phi(x), to a few roundings also where it is small.</summary>
    internal static double Cumulative(double x) => x < -1 ? Density(x) * MillsRatio(-x) : 0.5 * SpecialFunctions.Erfc(-x / RootOfTwo);

    /// <summary>x Phi(x).</summary>
    internal static double Gelu(double x) => x < -Far ? 0 : x * Cumulative(x);

    /// <summary>Phi(x) + x phi(x).</summary>
    internal static double GeluSlope(double x)
    {
        double bounded = Math.Clamp(x, -Far, Far);
        return bounded < -1 ? Density(bounded) * (MillsRatio(-bounded) + bounded) : Cumulative(bounded) + (bounded * Density(bounded));
    }

    /// <summary>phi(x) (2 - x^2).</summary>
    internal static double GeluCurvature(double x)
    {
        double bounded = Math.Clamp(x, -Far, Far);
        return Density(bounded) * (2 - (bounded * bounded));
    }

    /// <summary>2 Phi(sqrt(2) x) - 1.</summary>
    internal static double Erf(double x) => double.IsNaN(x) ? x : SpecialFunctions.Erf(x);

    /// <summary>2 exp(-x^2) / sqrt(pi).</summary>
    internal static double ErfSlope(double x) => 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x);

    /// <summary>-4 x exp(-x^2) / sqrt(pi); 0 far out, where it is below every number.</summary>
    internal static double ErfCurvature(double x) => -2 * Math.Clamp(x, -Far, Far) * ErfSlope(Math.Clamp(x, -Far, Far));

    /// <summary>phi(x). A rounded square would cost x^2 / 2 units: the square of the first digits is exact, and the rest is small.</summary>
    private static double Density(double x)
    {
        double first = (float)x;
        return Math.Exp(-0.5 * first * first) * Math.Exp(-0.5 * (x - first) * (x + first)) / RootOfTwoPi;
    }

    /// <summary>Phi(-a) / phi(a) for a above 1, a smooth function: Laplace's continued fraction where it converges fast.</summary>
    private static double MillsRatio(double a)
    {
        if (a > 8)
        {
            double ratio = a;
            for (int k = 24; k > 0; k--)
                ratio = a + (k / ratio);
            return 1 / ratio;
        }

        // The exponential inside of Erfc is the same number and cancels, with its rounding.
        double z = a / RootOfTwo;
        return SpecialFunctions.Erfc(z) / Math.Exp(-z * z) * RootOfHalfPi;
    }
}
