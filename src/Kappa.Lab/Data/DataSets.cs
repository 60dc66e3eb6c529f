namespace Kappa.Lab.Data;

/// <summary>What every <see cref="IDataSet"/> can do.</summary>
public static class DataSets
{
    /// <summary>Batches in a random order that the generator decides: <c>foreach (var (x, y) in data.Batches(128, rng))</c> is one epoch.</summary>
    /// <param name="data">Where the examples come from.</param>
    /// <param name="batchSize">Examples in a batch, at least 1.</param>
    /// <param name="generator">Draws the seed of the order, 64 bits, now; so a second call gives another order.</param>
    /// <param name="partial">What becomes of an incomplete last batch.</param>
    public static BatchSource Batches(this IDataSet data, int batchSize, Philox generator, PartialBatch partial = PartialBatch.Keep)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(generator);
        return new BatchSource(data, batchSize, new BatchPosition(generator.NextUInt64(), Epoch: 0, Offset: 0, data.Count), partial);
    }

    /// <summary>All examples once, in their own order, for evaluation. Each batch is released when the next one is asked for.</summary>
    /// <param name="data">Where the examples come from.</param>
    /// <param name="batchSize">Examples in a batch, at least 1; the last one may have fewer.</param>
    public static IEnumerable<Batch> BatchesInOrder(this IDataSet data, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return InOrder(data, batchSize);
    }

    /// <summary>Some examples as new tensors, which belong to no scope.</summary>
    /// <param name="data">Where the examples come from.</param>
    /// <param name="rows">Which examples, each 0 to Count - 1.</param>
    public static Batch Take(this IDataSet data, ReadOnlySpan<int> rows)
    {
        ArgumentNullException.ThrowIfNull(data);
        var batch = new Batch(
            Tensor.Zeros(BatchShape(rows.Length, data.InputShape), data.InputType).Keep(),
            Tensor.Zeros(BatchShape(rows.Length, data.TargetShape), data.TargetType).Keep());
        data.Copy(rows, batch.Inputs, batch.Targets);
        return batch;
    }

    /// <summary>Parts a data set in two at random, such as training and validation examples.</summary>
    /// <param name="data">The whole.</param>
    /// <param name="secondCount">Examples in the second part, 1 to Count - 1.</param>
    /// <param name="generator">Decides which; it advances.</param>
    /// <returns>The parts, which share the memory of the whole; each keeps its order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">One of the parts would be empty.</exception>
    public static (DataSubset First, DataSubset Second) Split(this IDataSet data, int secondCount, Philox generator)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(generator);
        if (secondCount < 1 || secondCount >= data.Count)
            throw new ArgumentOutOfRangeException(nameof(secondCount), secondCount, $"expected 1 to {data.Count - 1}, so that neither part is empty");
        int[] rows = [.. Enumerable.Range(0, data.Count)];
        generator.Shuffle(rows);
        return (new DataSubset(data, rows[secondCount..].Order()), new DataSubset(data, rows[..secondCount].Order()));
    }

    internal static Shape BatchShape(int rows, Shape example) => new([rows, .. example.ToArray()]);

    /// <summary>What every <see cref="IDataSet.Copy"/> checks first.</summary>
    internal static void CheckCopy(this IDataSet data, ReadOnlySpan<int> rows, Tensor inputs, Tensor targets)
    {
        Check(inputs, BatchShape(rows.Length, data.InputShape), data.InputType, nameof(inputs));
        Check(targets, BatchShape(rows.Length, data.TargetShape), data.TargetType, nameof(targets));
        for (int i = 0; i < rows.Length; i++)
        {
            if ((uint)rows[i] >= (uint)data.Count)
                throw new ArgumentOutOfRangeException(nameof(rows), rows[i], $"rows[{i}] is not an example: expected 0 to {data.Count - 1}");
        }

        static void Check(Tensor tensor, Shape shape, DataType type, string name)
        {
            ArgumentNullException.ThrowIfNull(tensor, name);
            if (tensor.Shape != shape || tensor.DataType != type)
                throw new TensorShapeException($"IDataSet.Copy: {name} must be {shape} {type}; got {tensor.Shape} {tensor.DataType}");
        }
    }

    private static IEnumerable<Batch> InOrder(IDataSet data, int batchSize)
    {
        int[] rows = [.. Enumerable.Range(0, data.Count)];
        for (int start = 0; start < rows.Length; start += batchSize)
        {
            var batch = data.Take(rows.AsSpan(start, Math.Min(batchSize, rows.Length - start)));
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
