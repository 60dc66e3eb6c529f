namespace Kappa.Lab.Studies.Compare;

/// <summary>What a checkpoint holds of a trial beside the model and the optimizer.</summary>
/// <param name="Identity">A hash of all that decides the outcome.</param>
/// <param name="Metrics">The lines of the metrics that were written.</param>
/// <param name="Loop">Where the loop stands.</param>
/// <param name="OwesEvaluation">Whether it was stopped in the midst of the evaluation that is due at its step.</param>
internal sealed record TrialState(string Identity, MetricsMark Metrics, LoopState Loop, bool OwesEvaluation = false);
