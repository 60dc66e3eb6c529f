namespace Kappa.Tables.Methods;

/// <summary>Something that learns from rows: a network under an optimizer, boosted trees, a linear model.</summary>
internal abstract class StudyMethod
{
    /// <summary>What tables call it; no two share one.</summary>
    internal abstract string Name { get; }

    /// <summary>Whether it stands beside the comparison, to tell where a difference comes from.</summary>
    internal virtual bool IsControl => false;

    /// <summary>What is swept.</summary>
    internal abstract IReadOnlyList<SweepAxis> Axes { get; }

    /// <summary>Trains.</summary>
    /// <param name="data">Training rows, and validation rows by which it may stop early.</param>
    /// <param name="at">A value for each axis, by its name.</param>
    /// <param name="seed">Decides what is random in it.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>From inputs <c>[rows, features]</c> to standardised numbers or probabilities of the class yes, <c>[rows]</c>.</returns>
    /// <exception cref="Kappa.Tensors.NonFiniteException">It diverged.</exception>
    internal abstract Func<Tensor, double[]> Fit(StudyData data, IReadOnlyDictionary<string, double> at, ulong seed, CancellationToken cancellation);

    /// <summary>All that are compared on a table. The controls are of conditioning, and stand where columns are correlated.</summary>
    internal static IReadOnlyList<StudyMethod> All(StudySettings settings, GeneratedTable table)
    {
        StudyMethod[] compared =
        [
            new NetworkMethod(settings, "adamw"),
            new NetworkMethod(settings, "dopr-adamw"),
            new NetworkMethod(settings, "muon"),
            new NetworkMethod(settings, "dopr-muon"),
            new LightGbmMethod(settings),
            new LinearMethod(table.IsClasses),
        ];
        return !table.IsCorrelated ? compared :
        [
            .. compared,
            new NetworkMethod(settings, "adamw") { IsWhitened = true },
            new NetworkMethod(settings, "dopr-adamw") { Gamma = 0.001 },
        ];
    }
}
