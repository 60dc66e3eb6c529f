namespace Kappa.Lab.Tasks.Arithmetic;

/// <summary>Trains the model that every optimizer of a comparison goes on from.</summary>
internal static class Pretrainer
{
    private const int BatchSize = 64;

    /// <summary>The weights after the pretraining, and the loss of its last steps.</summary>
    internal static (StateDict Weights, double Loss) Run(
        Transformer model, ArithmeticSettings settings, Func<int[], Tensor> loss, int examples, IProgress<double>? progress, CancellationToken cancellation)
    {
        var optimizer = new AdamW(model.Parameters(), settings.PretrainingRate);
        var order = new Philox((ulong)settings.ProblemSeed).Split("pretraining");
        var loop = new TrainingLoop(optimizer, () =>
        {
            int[] indices = new int[BatchSize];
            for (int i = 0; i < indices.Length; i++)
                indices[i] = order.NextInt32(examples);
            return loss(indices);
        });
        model.Train();
        loop.Run(
            () =>
            {
                double share = (double)loop.Step / settings.PretrainingSteps;
                optimizer.LearningRate = settings.PretrainingRate * 0.5 * (1 + Math.Cos(Math.PI * share));
                progress?.Report(share);
                return loop.Step >= settings.PretrainingSteps;
            },
            cancellation);
        return (model.StateDict(), loop.RecentLoss ?? double.NaN);
    }
}
