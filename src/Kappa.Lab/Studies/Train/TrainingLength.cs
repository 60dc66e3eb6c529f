namespace Kappa.Lab.Studies.Train;

/// <summary>How long to train: exactly one of the three.</summary>
/// <param name="Steps">Steps.</param>
/// <param name="Epochs">Passes over the training data, in parts where it is no integer.</param>
/// <param name="Minutes">Wall-clock minutes of training with its evaluations; such a run is not repeatable bit for bit, since its schedule follows the
/// clock.</param>
public sealed record TrainingLength(int? Steps, double? Epochs, double? Minutes);
