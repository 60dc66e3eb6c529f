namespace Kappa.Lab.Tasks.Flow;

/// <summary>Says how good the samples of a trained flow are.</summary>
internal abstract class FlowJudge
{
    /// <summary>What stands for a distance that samples which went to infinity have; no other is larger.</summary>
    public const double Worst = 1e6;

    /// <summary>Numbers of a sample beyond this, hundreds of times what examples have, count as infinite.</summary>
    public const float Bound = 1000;

    /// <summary>What <see cref="Of"/> measures; the first is what optimizers are compared by, and lower is better.</summary>
    public abstract IReadOnlyList<(string Name, bool LogScale)> Figures { get; }

    /// <summary>Measures samples, of which some may have gone to infinity.</summary>
    /// <param name="samples">All of them.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The figures, each finite, and how many samples were lost. A distance is <see cref="Worst"/> where any was; shares count what was lost as
    /// wrong.</returns>
    public (double[] Values, int Lost) Of(PointSet samples, CancellationToken cancellation)
    {
        var kept = samples.Where(sample => IsKept(samples[sample]));
        int lost = samples.Count - kept.Count;
        return (Measure(kept, lost, cancellation), lost);
    }

    /// <summary>What samples look like.</summary>
    public abstract GreyPicture Picture(PointSet samples, string title);

    /// <summary>Measures what is left, which may be nothing.</summary>
    protected abstract double[] Measure(PointSet kept, int lost, CancellationToken cancellation);

    private static bool IsKept(ReadOnlySpan<float> sample)
    {
        foreach (float value in sample)
        {
            // Not so for NaN.
            if (!(Math.Abs(value) <= Bound))
                return false;
        }
        return true;
    }
}
