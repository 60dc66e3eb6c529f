namespace Kappa.Lab.Reports;

/// <summary>What the trained models of a comparison made.</summary>
internal static class ComparisonPictures
{
    /// <summary>Of each optimizer the trial with the best metric at its best learning rate; no section where the task makes nothing to look at.</summary>
    internal static IEnumerable<FindingSection> Of(ComparisonOutcome outcome)
    {
        var pictures = outcome.Config.Optimizers.SelectMany(optimizer => PicturesOf(outcome, optimizer.Label)).ToArray();
        if (pictures.Length == 0)
            yield break;
        yield return new FindingSection(
            "What the trained models make", "Of each optimizer, the seed with the best metric at its best learning rate.")
        {
            Pictures = pictures,
            Place = SectionPlace.Report,
        };
    }

    private static IEnumerable<GreyPicture> PicturesOf(ComparisonOutcome outcome, string label)
    {
        var chosen = outcome.Chosen(label);
        var best = outcome.Summary.HigherIsBetter ? chosen.MaxBy(result => result.Metric) : chosen.MinBy(result => result.Metric);
        return best?.Pictures?.Select(picture => picture with
        {
            Title = $"{label}, learning rate {Figures.Rate(best.LearningRate)}, seed {best.Seed}, {outcome.Summary.MetricName} "
                + $"{Figures.Short(best.Metric!.Value)}: {picture.Title}",
        }) ?? [];
    }
}
