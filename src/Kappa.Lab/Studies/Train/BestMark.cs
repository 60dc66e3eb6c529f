namespace Kappa.Lab.Studies.Train;

/// <summary>The best evaluation of a run.</summary>
/// <param name="Step">Its step.</param>
/// <param name="Figure">What decided: the validation loss, or the metric.</param>
public sealed record BestMark(int Step, double Figure);
