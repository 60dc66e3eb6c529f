namespace Kappa.Lab.Tasks.Supervised;

/// <summary>What classifiers are measured by.</summary>
internal static class ClassMetrics
{
    private const int ManyClasses = 10;

    /// <summary>The accuracy alone, or with it all that there is.</summary>
    internal static IReadOnlyList<Metric> Of(IReadOnlyList<string> classNames, bool all) => all
        ? [
            new Accuracy(), .. classNames.Count > ManyClasses ? [new Accuracy(5)] : Array.Empty<Metric>(), new PrecisionScore(classNames.Count),
            new RecallScore(classNames.Count), new F1Score(classNames.Count), new RocArea(), new PrecisionRecallArea(), new MeanCrossEntropy(),
            new CalibrationError(), new ConfusionMatrix(classNames),
        ]
        : [new Accuracy()];
}
