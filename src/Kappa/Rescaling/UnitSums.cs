namespace Kappa.Rescaling;

/// <summary>What one unit's best scale depends on, in the paper's letters.</summary>
/// <param name="P">p: parameters in all.</param>
/// <param name="Entering">|in|.</param>
/// <param name="Leaving">|out|.</param>
/// <param name="C">c: the sum of g over what enters it, at scale 1.</param>
/// <param name="B">b: the sum of g over what leaves it, at scale 1.</param>
/// <param name="D">d: the sum of g over the rest.</param>
internal readonly record struct UnitSums(long P, long Entering, long Leaving, double C, double B, double D)
{
    /// <summary>
    /// log of the positive root x of b (p + A) x^2 + d A x + c (A - p) = 0, A = |in| - |out|. With x = sqrt(gamma / beta) y, beta = b (p + A), gamma = c (p -
    /// A), it is y^2 + 2 k y - 1 = 0 with k = d A / (2 sqrt(beta gamma)), so log y = -asinh k: no cancellation and no large exponential.
    /// </summary>
    internal double PathConditioned()
    {
        long a = Entering - Leaving;
        double logBeta = Math.Log(B) + Math.Log(P + a), logGamma = Math.Log(C) + Math.Log(P - a);
        double middle = (logGamma - logBeta) / 2;
        if (a == 0 || D == 0)
            return middle;
        double logK = Math.Log(D) + Math.Log(Math.Abs(a)) - Math.Log(2) - ((logBeta + logGamma) / 2);
        // Beyond e^20, asinh k = log 2k in double precision.
        double asinh = logK > 20 ? logK + Math.Log(2) : Math.Asinh(Math.Exp(logK));
        return a > 0 ? middle - asinh : middle + asinh;
    }

    /// <summary>log of x = sqrt(c / b), at which both sides weigh the same.</summary>
    internal double Balanced() => (Math.Log(C) - Math.Log(B)) / 2;
}
