namespace Kappa.Training;

/// <summary>Batches to train on, without end, epoch by epoch, from a place that a checkpoint can hold.</summary>
public interface IBatchSource
{
    /// <summary>Examples of a batch; the last one of an epoch may have fewer.</summary>
    int BatchSize { get; }

    /// <summary>The batches of a whole epoch.</summary>
    int BatchesPerEpoch { get; }

    /// <summary>Where the next batch comes from; set, the source goes on from there, to the same bits.</summary>
    /// <exception cref="ArgumentException">Set to a place in another data set.</exception>
    BatchPosition Position { get; set; }

    /// <summary>The next batch, of the next epoch where this one is over. Its memory may be given back at the next call.</summary>
    /// <param name="cancellation">Stops the waiting; then nothing has changed.</param>
    Batch Next(CancellationToken cancellation = default);
}
