namespace Kappa.Lab.Experiments.PathCond;

/// <summary>Trains a network and keeps the training loss of each epoch.</summary>
internal static class LossCurve
{
    /// <summary>Trains.</summary>
    /// <param name="model">The network.</param>
    /// <param name="optimizer">What trains it.</param>
    /// <param name="data">On what.</param>
    /// <param name="batchSize">Examples in a batch; all of them or more: one batch, gradient descent.</param>
    /// <param name="epochs">How long.</param>
    /// <param name="loss">The loss of a batch.</param>
    /// <param name="order">Decides the order of the examples.</param>
    /// <param name="context">Asked to stop, and told how far it is.</param>
    /// <param name="beforeEpoch">Called before each epoch but the first with its number; may be null.</param>
    /// <returns>The mean loss over the batches of each epoch, each before its step; NaN from where it is not finite any more.</returns>
    internal static double[] Train(
        Module model, Optimizer optimizer, DataSet data, int batchSize, int epochs, Func<Batch, Tensor> loss, Philox order, CellContext context, Action<int>? beforeEpoch = null)
    {
        double[] curve = new double[epochs];
        Array.Fill(curve, double.NaN);
        model.Train();
        using var batches = new EpochBatches(data, batchSize, order);
        Batch batch = default;
        double sum = 0;
        var loop = new TrainingLoop(optimizer, () => loss(batch));
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (epoch > 0)
                beforeEpoch?.Invoke(epoch);
            try
            {
                sum = 0;
                foreach (var next in batches.Next())
                {
                    batch = next;
                    loop.Run(loop.Step + 1, context.Cancellation);
                    sum += loop.LastLoss!.Value * batch.Inputs.Shape[0];
                }
                curve[epoch] = sum / data.Count;
            }
            catch (NonFiniteException)
            {
                return curve;
            }
            if (!double.IsFinite(curve[epoch]))
                return curve;
            context.Report((epoch + 1.0) / epochs);
        }
        return curve;
    }

    /// <summary>The mean loss over a data set in evaluation mode.</summary>
    internal static double Mean(Module model, DataSet data, Func<Batch, Tensor> loss)
    {
        model.Eval();
        using var _ = NoGradient.Begin();
        double sum = 0;
        foreach (var batch in data.BatchesInOrder(500))
        {
            using var scope = TensorScope.Begin();
            sum += loss(batch).ToDouble() * batch.Inputs.Shape[0];
        }
        model.Train();
        return sum / data.Count;
    }

    /// <summary>The share of a data set whose largest output is its label, in evaluation mode; NaN where an output is not finite.</summary>
    internal static double Accuracy(Module model, DataSet data)
    {
        model.Eval();
        using var _ = NoGradient.Begin();
        int right = 0;
        try
        {
            foreach (var (inputs, targets) in data.BatchesInOrder(500))
            {
                using var scope = TensorScope.Begin();
                right += Classification.CountRight(model.Forward(inputs), targets);
            }
        }
        catch (NonFiniteException)
        {
            return double.NaN;
        }
        finally
        {
            model.Train();
        }
        return (double)right / data.Count;
    }

    /// <summary>The epochs of a data set; where all examples are one batch, it is copied once.</summary>
    private sealed class EpochBatches : IDisposable
    {
        private readonly BatchSource? _source;
        private readonly Batch? _whole;

        internal EpochBatches(DataSet data, int batchSize, Philox order)
        {
            if (batchSize >= data.Count)
                _whole = data.Take([.. Enumerable.Range(0, data.Count)]);
            else
                _source = data.Batches(batchSize, order);
        }

        internal IEnumerable<Batch> Next() => _whole is { } whole ? [whole] : _source!;

        public void Dispose()
        {
            _source?.Dispose();
            _whole?.Release();
        }
    }
}
