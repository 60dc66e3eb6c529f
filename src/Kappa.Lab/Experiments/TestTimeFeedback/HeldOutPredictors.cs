namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>The measures that may rank models as their deployment does.</summary>
internal static class HeldOutPredictors
{
    private const string NoCovariance = "the inputs are tokens, which have no covariance, pictures, or rows that stand several times beside other noise";
    private const string NoLoss = "the task offers no loss on held-out examples that can be differentiated, or the model has no linear layer";

    /// <summary>The loss on all validation examples.</summary>
    internal static HeldOutPredictor ValidationLoss { get; } = new("validationLoss", "validation loss", "the run diverged");

    private static readonly HeldOutPredictor FeatureWeighted =
        new("featureWeightedLoss", "loss weighted by the inverse covariance of the last hidden activations", NoLoss);

    private static readonly HeldOutPredictor InputWeighted =
        new("inputWeightedLoss", "loss weighted by the inverse covariance of the inputs", NoCovariance);

    private static readonly HeldOutPredictor Perturbed = new("perturbedLoss", "loss on perturbed inputs", "the task does not say how to perturb its inputs");

    private static readonly HeldOutPredictor Unrolled = new(
        "unrolledLoss", "loss after the model's own first tokens",
        "a few steps along the model's own predictions are the rollout itself, of a plant or a flow");

    private static readonly HeldOutPredictor FeatureCondition = new("featureCondition", "condition number of the last hidden activations", NoLoss);

    /// <summary>All of them, in the order of tables.</summary>
    internal static IReadOnlyList<HeldOutPredictor> All { get; } = [ValidationLoss, FeatureWeighted, InputWeighted, Perturbed, Unrolled, FeatureCondition];

    /// <summary>All but the validation loss, of a trained model; null where the task leaves one undefined.</summary>
    internal static IEnumerable<(string Name, double? Value)> Measure(PreparedTask task, Module model, CancellationToken cancellation)
    {
        var weighted = ActivationWeightedLoss.Measure(task, model, cancellation);
        yield return (FeatureWeighted.Name, weighted?.Features);
        yield return (InputWeighted.Name, weighted?.Inputs);
        yield return (FeatureCondition.Name, weighted?.Condition);
        using var quiet = NoGradient.Begin();
        yield return (Perturbed.Name, Tried(task.PerturbedLoss, model, cancellation));
        yield return (Unrolled.Name, Tried(task.UnrolledLoss, model, cancellation));
    }

    /// <summary>A figure that is not finite is missing for that model; the run itself did not diverge.</summary>
    private static double? Tried(Func<Module, CancellationToken, double>? figure, Module model, CancellationToken cancellation)
    {
        try
        {
            using var scope = TensorScope.Begin();
            return figure?.Invoke(model, cancellation);
        }
        catch (NonFiniteException)
        {
            return double.NaN;
        }
    }
}
