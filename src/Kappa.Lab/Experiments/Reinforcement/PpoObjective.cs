namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>The formulas of proximal policy optimisation for a Gaussian policy.</summary>
/// <remarks>Source: Schulman, Wolski, Dhariwal, Radford and Klimov (2017), "Proximal policy optimization algorithms", arXiv 1707.06347, equation 7.</remarks>
internal static class PpoObjective
{
    private static readonly double LogRootTwoPi = 0.5 * Math.Log(2 * Math.PI);

    /// <summary>log p(a), <c>[batch]</c>, for independent normal actions <c>[batch, actions]</c> with a log sigma for each.</summary>
    internal static Tensor LogProbability(Tensor mean, Tensor logDeviation, Tensor actions)
    {
        var standardized = (actions - mean) * (-logDeviation).Exp();
        return ((standardized.Square() * -0.5) - logDeviation - LogRootTwoPi).Sum(1);
    }

    /// <summary>The entropy of the policy, which does not depend on the observation: <c>sum log sigma + (1/2) log(2 pi e)</c>.</summary>
    internal static Tensor Entropy(Tensor logDeviation) => (logDeviation + (LogRootTwoPi + 0.5)).Sum();

    /// <summary><c>-mean min(r A, clip(r, 1 - epsilon, 1 + epsilon) A)</c> with <c>r = p(a) / p_old(a)</c>.</summary>
    internal static Tensor ClippedLoss(Tensor logProbability, Tensor before, Tensor advantages, double clip)
    {
        var ratio = (logProbability - before).Exp();
        var free = ratio * advantages;
        // clip(r) = low + max(r - low, 0) - max(r - high, 0), and min(x, y) = x - max(x - y, 0).
        var clipped = ((ratio - (1 - clip)).Relu() - (ratio - (1 + clip)).Relu() + (1 - clip)) * advantages;
        return -(free - (free - clipped).Relu()).Mean();
    }

    /// <summary>Advantages by generalised advantage estimation, and the returns that the value is fitted to.</summary>
    /// <param name="rewards">Rewards, one for each step.</param>
    /// <param name="values">Values of the observations before each step, and of the last one: one more.</param>
    /// <param name="isOver">Whether the episode ended with the step; nothing follows it then.</param>
    /// <param name="discount">gamma.</param>
    /// <param name="traceDecay">lambda.</param>
    /// <param name="advantages">Takes <c>A_t = sum_k (gamma lambda)^k delta_(t+k)</c>, with <c>delta = r + gamma V' - V</c> (Schulman and others, 2015, arXiv
    /// 1506.02438, equation 16).</param>
    internal static void Advantages(
        ReadOnlySpan<double> rewards, ReadOnlySpan<double> values, ReadOnlySpan<bool> isOver, double discount, double traceDecay, Span<double> advantages)
    {
        double following = 0;
        for (int t = rewards.Length - 1; t >= 0; t--)
        {
            double goesOn = isOver[t] ? 0 : 1;
            double delta = rewards[t] + (discount * goesOn * values[t + 1]) - values[t];
            following = delta + (discount * traceDecay * goesOn * following);
            advantages[t] = following;
        }
    }
}
