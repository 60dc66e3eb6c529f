namespace Kappa.Lab.Studies.Compare;

/// <summary>What a checkpoint holds of a trial beside the model and the optimizer.</summary>
/// <param name="Identity">A hash of all that decides the outcome.</param>
/// <param name="Step">Steps done; with the seed it decides which examples come next.</param>
/// <param name="MetricsLines">Lines of the metrics written by then.</param>
/// <param name="LossSum">The sum of training losses since the last line.</param>
/// <param name="LossCount">How many losses that sum has.</param>
/// <param name="Seconds">Wall-clock seconds of training.</param>
/// <param name="Instructions">The vector instructions of the process that wrote it; null where an earlier version of Kappa did.</param>
internal sealed record TrialState(string Identity, int Step, int MetricsLines, double LossSum, int LossCount, double Seconds, string? Instructions = null);
