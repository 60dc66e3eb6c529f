namespace Kappa.Lab.Experiments.Isometry;

/// <summary>What a method's optimizer is made of.</summary>
/// <param name="Model">The network, initialised.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Strength">The method's strength.</param>
/// <param name="StepsPerTask">About how many steps a task takes.</param>
/// <param name="Target">The square of the singular values that an isometric layer has.</param>
/// <param name="Generator">For what the method draws.</param>
internal sealed record MethodContext(Module Model, double LearningRate, double Strength, int StepsPerTask, double Target, Philox Generator)
{
    /// <summary>AdamW with a weight decay.</summary>
    internal AdamW Adam(double weightDecay) => new(Model.Parameters(), LearningRate, new AdamWOptions { WeightDecay = weightDecay });

    /// <summary>AdamO towards the target.</summary>
    internal AdamO Isometric(IsometryOptions options) => new(Model.Parameters(), LearningRate, options with { Target = Target });
}
