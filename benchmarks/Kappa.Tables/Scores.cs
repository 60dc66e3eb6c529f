using Kappa.Training.Metrics;

namespace Kappa.Tables;

/// <summary>How good predictions are.</summary>
internal static class Scores
{
    // The log loss of a class that was thought impossible is large, and not infinite.
    private const double LeastProbability = 1e-6;

    /// <summary>Whether a larger value of a metric is better.</summary>
    internal static bool HigherIsBetter(string metric) => metric is "R2" or "accuracy";

    /// <summary>The mean squared error of numbers, or the mean cross-entropy of classes in nats.</summary>
    /// <param name="isClasses">Whether predictions are probabilities.</param>
    /// <param name="predictions"><c>[rows]</c>.</param>
    /// <param name="targets"><c>[rows]</c>: numbers, or 1 and 0.</param>
    internal static double Loss(bool isClasses, double[] predictions, double[] targets) => isClasses
        ? predictions.Zip(targets, (probability, target) => -Math.Log(Math.Max(LeastProbability, target > 0 ? probability : 1 - probability))).Average()
        : predictions.Zip(targets, (prediction, target) => (prediction - target) * (prediction - target)).Average();

    /// <summary>All metrics by name.</summary>
    /// <inheritdoc cref="Loss"/>
    internal static IReadOnlyDictionary<string, double> All(bool isClasses, double[] predictions, double[] targets)
    {
        if (isClasses)
        {
            return new Dictionary<string, double>
            {
                ["accuracy"] = predictions.Zip(targets, (probability, target) => probability >= 0.5 == target > 0 ? 1.0 : 0).Average(),
                ["log loss"] = Loss(isClasses, predictions, targets),
            };
        }
        Metric r2 = new RSquared(), rmse = new RootMeanSquaredError(), mae = new MeanAbsoluteError();
        using var scope = TensorScope.Begin();
        foreach (var metric in new[] { r2, rmse, mae })
            metric.Add(Tensor.From(predictions, [predictions.Length]), Tensor.From(targets, [targets.Length]));
        return new Dictionary<string, double> { ["R2"] = r2.Value, ["RMSE"] = rmse.Value, ["MAE"] = mae.Value };
    }
}
