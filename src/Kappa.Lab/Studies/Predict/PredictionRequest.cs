namespace Kappa.Lab.Studies.Predict;

/// <summary>What a prediction is asked for with.</summary>
/// <param name="Tally">Counts.</param>
/// <param name="SkipCorrupt">Whether corrupt pictures are left out; null as the run was trained.</param>
/// <param name="Progress">Hears how much is read; may be null.</param>
/// <param name="Cancellation">Stops the work.</param>
internal sealed record PredictionRequest(PredictionTally Tally, bool? SkipCorrupt, IProgress<DataProgress>? Progress, CancellationToken Cancellation);
