namespace Kappa.Lab.Studies.Train;

/// <summary>What a checkpoint holds beside model and optimizer.</summary>
/// <param name="Data">Where the next batch comes from.</param>
/// <param name="Metrics">The lines of the metrics that were written.</param>
/// <param name="Loop">Where the loop stands.</param>
/// <param name="Seconds">Wall-clock seconds so far, evaluations included.</param>
/// <param name="ProcessorSeconds">Processor seconds so far, over all threads.</param>
/// <param name="Amendments">Changes of the config that the metrics tell of.</param>
/// <param name="Best">The best evaluation so far; null where none is kept.</param>
/// <param name="SinceBest">Evaluations since then.</param>
/// <param name="OwesEvaluation">Whether the evaluation that was due at this step was stopped, and is made first when the run goes on.</param>
/// <param name="WaitedSeconds">Seconds that steps waited for data so far.</param>
internal sealed record TrainingState(
    BatchPosition Data, MetricsMark Metrics, LoopState Loop, double Seconds, double ProcessorSeconds, int Amendments, BestMark? Best = null, int SinceBest = 0,
    bool OwesEvaluation = false, double WaitedSeconds = 0);
