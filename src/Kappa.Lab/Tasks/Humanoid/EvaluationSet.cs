namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>The starts of an evaluation, and what the expert did from them.</summary>
/// <param name="Starts">The starts that the expert survived, [starts].</param>
/// <param name="Expert">The expert's rollouts, [starts].</param>
/// <param name="Examined">How many starts were tried to find them.</param>
internal sealed record EvaluationSet(RolloutStart[] Starts, RecordedRollout[] Expert, int Examined);
