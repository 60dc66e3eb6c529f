namespace Kappa.Data;

/// <summary>Trains on data sets.</summary>
public static class TrainerExtensions
{
    private const int MeasuredAtOnce = 256;

    /// <summary>Trains on batches of a data set in a random order, loaded ahead on a thread of their own, and measures on another.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="training">Examples to train on.</param>
    /// <param name="validation">Examples to measure on.</param>
    /// <param name="batchSize">Examples in a batch, at least 1.</param>
    /// <param name="seed">Decides the order of the examples.</param>
    /// <param name="checkLeaks">Whether validation examples that are trained on too are looked for, and said by <see cref="Warnings"/>; it reads all
    /// examples once.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>How it went: to the same bits as with a <see cref="BatchSource"/> of that seed.</returns>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static TrainingOutcome Fit(
        this Trainer trainer, DataSet training, DataSet validation, int batchSize, ulong seed, bool checkLeaks = true, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        if (checkLeaks && Leaks.Find(training, validation, cancellation) is { Count: > 0 } leaks)
        {
            Warnings.Say(
                $"{leaks.Count} of {leaks.ExampleCount} validation examples have the inputs of a training example, the first is number {leaks.First}: what is "
                + "measured on them is too good. Split by groups, or leave doubles out");
        }
        using var source = new BatchSource(training, batchSize, new BatchPosition(seed, Epoch: 0, Offset: 0, training.Count));
        using var batches = new PrefetchedBatches(source);
        return trainer.Fit(batches, validation.BatchesInOrder(MeasuredAtOnce), cancellation);
    }
}
