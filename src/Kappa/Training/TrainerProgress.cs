namespace Kappa.Training;

/// <summary>How a training goes on.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Steps">All there are to do.</param>
/// <param name="Epoch">Passes over the training examples done, in parts.</param>
/// <param name="Loss">A running mean of the training loss; null before the first step.</param>
/// <param name="ExamplesPerSecond">By the last seconds; null while too early to tell.</param>
/// <param name="SecondsLeft">Until all steps are done; null while too early to tell.</param>
/// <param name="DataWait">The share of the steps' time that they waited for data, 0 to 1.</param>
/// <param name="Evaluated">The evaluation that has just been made; null between them.</param>
/// <param name="IsEvaluating">Whether validation examples are being gone through.</param>
public sealed record TrainerProgress(
    long Step, long Steps, double Epoch, double? Loss, double? ExamplesPerSecond, double? SecondsLeft, double DataWait, TrainingRecord? Evaluated,
    bool IsEvaluating);
