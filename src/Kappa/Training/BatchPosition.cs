namespace Kappa.Training;

/// <summary>Where a source of batches stands: four plain numbers, for checkpoints. Same position, same batches to the same bits.</summary>
/// <param name="Seed">Decides the order of every epoch.</param>
/// <param name="Epoch">The epoch that the next batch belongs to, from 0.</param>
/// <param name="Offset">How many examples of that epoch were given already.</param>
/// <param name="ExampleCount">The number of examples in the data set, so that a position is not used with another one.</param>
public sealed record BatchPosition(ulong Seed, long Epoch, int Offset, int ExampleCount);
