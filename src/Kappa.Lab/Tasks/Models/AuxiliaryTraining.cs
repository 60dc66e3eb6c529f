namespace Kappa.Lab.Tasks.Models;

/// <summary>Trains what a task needs before any run of it: the model that all go on from, or the one that judges what they write.</summary>
internal static class AuxiliaryTraining
{
    /// <summary>Trains by AdamW, whose learning rate decays to 0 along a cosine, on examples drawn at random.</summary>
    /// <param name="model">The model.</param>
    /// <param name="learningRate">The first learning rate.</param>
    /// <param name="steps">How many.</param>
    /// <param name="batchSize">Examples of each.</param>
    /// <param name="examples">How many there are to draw from.</param>
    /// <param name="loss">The loss of some of them.</param>
    /// <param name="order">Draws them.</param>
    /// <param name="progress">Takes the share done; may be null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>A running mean of the loss at the end.</returns>
    internal static double Run(
        Module model, double learningRate, int steps, int batchSize, int examples, Func<int[], Tensor> loss, Philox order, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        var optimizer = new AdamW(model.Parameters(), learningRate);
        var loop = new TrainingLoop(optimizer, () =>
        {
            int[] indices = new int[batchSize];
            for (int i = 0; i < indices.Length; i++)
                indices[i] = order.NextInt32(examples);
            return loss(indices);
        });
        model.Train();
        loop.Run(
            () =>
            {
                double share = (double)loop.Step / steps;
                optimizer.LearningRate = learningRate * 0.5 * (1 + Math.Cos(Math.PI * share));
                progress?.Report(share);
                return loop.Step >= steps;
            },
            cancellation);
        return loop.RecentLoss ?? double.NaN;
    }
}
