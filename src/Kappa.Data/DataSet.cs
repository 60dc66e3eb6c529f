namespace Kappa.Data;

/// <summary>Examples to learn from: a known number of rows, each an input and a target of a fixed shape. Safe to read from several threads.</summary>
public abstract class DataSet
{
    /// <summary>A data set of so many examples.</summary>
    /// <param name="count">The number of examples.</param>
    /// <param name="inputShape">The shape of one input.</param>
    /// <param name="inputType">The element type of inputs.</param>
    /// <param name="targetShape">The shape of one target.</param>
    /// <param name="targetType">The element type of targets.</param>
    protected DataSet(int count, Shape inputShape, DataType inputType, Shape targetShape, DataType targetType) =>
        (Count, InputShape, InputType, TargetShape, TargetType) = (count, inputShape, inputType, targetShape, targetType);

    /// <summary>The number of examples; rows are 0 to Count - 1.</summary>
    public int Count { get; }

    /// <summary>The shape of one input, such as <c>[1, 28, 28]</c>; batches have one more axis in front.</summary>
    public Shape InputShape { get; }

    /// <summary>The element type of inputs.</summary>
    public DataType InputType { get; }

    /// <summary>The shape of one target, such as <c>[]</c> for a label; batches have one more axis in front.</summary>
    public Shape TargetShape { get; }

    /// <summary>The element type of targets.</summary>
    public DataType TargetType { get; }

    /// <summary>Copies some examples, in the order given.</summary>
    /// <param name="rows">Which examples, each 0 to Count - 1; the same one may come twice.</param>
    /// <param name="inputs">Overwritten: <c>[rows, ..InputShape]</c> of <see cref="InputType"/>.</param>
    /// <param name="targets">Overwritten: <c>[rows, ..TargetShape]</c> of <see cref="TargetType"/>.</param>
    /// <param name="epoch">The epoch they are for, from 0: a data set that varies its examples, such as <see cref="Pictures.AugmentedDataSet"/>, gives
    /// others in each, and the same ones for the same epoch.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row does not exist, and the message names its position; or the epoch is below 0.</exception>
    /// <exception cref="TensorShapeException">A tensor has another shape or type.</exception>
    public void Copy(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets, long epoch = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        Check(inputs, BatchShape(rows.Length, InputShape), InputType, nameof(inputs));
        Check(targets, BatchShape(rows.Length, TargetShape), TargetType, nameof(targets));
        CheckRows(rows);
        CopyOfEpochCore(rows, inputs, targets, epoch);

        static void Check(Tensor tensor, Shape shape, DataType type, string name)
        {
            ArgumentNullException.ThrowIfNull(tensor, name);
            if (tensor.Shape != shape || tensor.DataType != type)
                throw new TensorShapeException($"DataSet.Copy: {name} must be {shape} {type}; got {tensor.Shape} {tensor.DataType}");
        }
    }

    /// <summary>Batches in a random order that the generator decides: <c>foreach (var (x, y) in data.Batches(128, rng))</c> is one epoch.</summary>
    /// <param name="batchSize">Examples in a batch, at least 1.</param>
    /// <param name="generator">Draws the seed of the order, 64 bits, now; so a second call gives another order.</param>
    /// <param name="partial">What becomes of an incomplete last batch.</param>
    public BatchSource Batches(int batchSize, Philox generator, PartialBatch partial = PartialBatch.Keep)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return new BatchSource(this, batchSize, new BatchPosition(generator.NextUInt64(), Epoch: 0, Offset: 0, Count), partial);
    }

    /// <summary>All examples once, in their own order, for evaluation. Each batch is released when the next one is asked for.</summary>
    /// <param name="batchSize">Examples in a batch, at least 1; the last one may have fewer.</param>
    public IEnumerable<Batch> BatchesInOrder(int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return InOrder();

        IEnumerable<Batch> InOrder()
        {
            foreach (int[] rows in Enumerable.Range(0, Count).Chunk(batchSize))
            {
                var batch = Take(rows);
                try
                {
                    yield return batch;
                }
                finally
                {
                    batch.Release();
                }
            }
        }
    }

    /// <summary>Some examples as new tensors, which belong to no scope.</summary>
    /// <param name="rows">Which examples, each 0 to Count - 1.</param>
    /// <param name="epoch">The epoch they are for, from 0; it matters to data sets that vary their examples.</param>
    public Batch Take(ReadOnlySpan<int> rows, long epoch = 0)
    {
        var batch = new Batch(
            Tensor.Zeros(BatchShape(rows.Length, InputShape), InputType).Keep(), Tensor.Zeros(BatchShape(rows.Length, TargetShape), TargetType).Keep());
        try
        {
            Copy(rows, batch.Inputs, batch.Targets, epoch);
        }
        catch
        {
            batch.Release();
            throw;
        }
        return batch;
    }

    /// <summary>Parts the data set in two at random, such as training and validation examples.</summary>
    /// <param name="secondCount">Examples in the second part, 1 to Count - 1.</param>
    /// <param name="generator">Decides which; it advances.</param>
    /// <returns>The parts, which share the memory of the whole; each keeps its order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">One of the parts would be empty.</exception>
    public (DataSubset First, DataSubset Second) Split(int secondCount, Philox generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        if (secondCount < 1 || secondCount >= Count)
            throw new ArgumentOutOfRangeException(nameof(secondCount), secondCount, $"expected 1 to {Count - 1}, so that neither part is empty");
        int[] rows = [.. Enumerable.Range(0, Count)];
        generator.Shuffle(rows);
        return (new DataSubset(this, rows[secondCount..].Order()), new DataSubset(this, rows[..secondCount].Order()));
    }

    /// <summary>Copies examples that exist into tensors of the right shape.</summary>
    /// <inheritdoc cref="Copy"/>
    protected abstract void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets);

    /// <summary>As <see cref="CopyCore"/>, which it calls: what data sets override that vary their examples, or hold others that may.</summary>
    /// <inheritdoc cref="Copy"/>
    protected virtual void CopyOfEpochCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets, long epoch) => CopyCore(rows, inputs, targets);

    internal void CheckRows(ReadOnlySpan<int> rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)Count)
                throw new ArgumentOutOfRangeException(nameof(rows), rows[i], $"rows[{i}] is not an example: expected 0 to {Count - 1}");
        }
    }

    private static Shape BatchShape(int rows, Shape example) => new([rows, .. example.ToArray()]);
}
