using Kappa.Lab.Data;

namespace Kappa.Lab.Studies.Train;

/// <summary>What a checkpoint holds beside model and optimizer.</summary>
/// <param name="Data">Where the next batch comes from.</param>
/// <param name="MetricsLines">Lines of the metrics that were written.</param>
/// <param name="LossSum">Sum of the losses since the last line.</param>
/// <param name="LossCount">How many.</param>
/// <param name="Seconds">Wall-clock seconds so far.</param>
/// <param name="ProcessorSeconds">Processor seconds so far, over all threads.</param>
internal sealed record TrainingState(BatchPosition Data, int MetricsLines, double LossSum, int LossCount, double Seconds, double ProcessorSeconds);
