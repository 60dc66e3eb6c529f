namespace Kappa.Lab.Experiments.Reinforcement;

/// <summary>One run of one method through changing worlds.</summary>
/// <param name="Settings">Sizes.</param>
/// <param name="Method">A method and its strength, such as <c>adamo 0.1</c>.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="Worlds">How many worlds.</param>
/// <param name="Seed">Decides worlds, starts, the networks' start and the order of batches; actions too.</param>
internal sealed record ReinforcementTrial(ReinforcementSettings Settings, MethodAtStrength Method, double LearningRate, int Worlds, int Seed);
