namespace Kappa.Lab.Tasks.Cloning;

/// <summary>How a network says what to do: what it is trained on, and how a trained one is asked.</summary>
internal abstract class ActionHead
{
    /// <summary>The config's name of <see cref="RegressionHead"/>.</summary>
    public const string Regression = "regression";

    /// <summary>The config's name of <see cref="FlowHead"/>.</summary>
    public const string Flow = "flow";

    // Pictures at once; vectors are few numbers, and go in one batch.
    private const int PictureBatch = 500;

    /// <summary>Makes the head of a name.</summary>
    /// <param name="name">The config's name.</param>
    /// <param name="chunkSize">Numbers of a chunk.</param>
    /// <param name="flowSteps">Euler steps of a flow.</param>
    /// <param name="generator">Decides what a flow draws; it does not advance.</param>
    internal static ActionHead Of(string name, int chunkSize, int flowSteps, Philox generator) =>
        name == Flow ? new FlowHead(chunkSize, flowSteps, generator.Split("flow")) : new RegressionHead();

    /// <summary>The loss of a model on some rows, recorded for differentiation.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The examples.</param>
    /// <param name="indices">Which of them.</param>
    /// <param name="step">The step of training, on which what is drawn depends.</param>
    public abstract Tensor TrainingLoss(Module model, CloningRows rows, ReadOnlySpan<int> indices, long step);

    /// <summary>The same where nothing is drawn anew: equal for equal models, every time.</summary>
    public abstract Tensor FixedLoss(Module model, CloningRows rows, ReadOnlySpan<int> indices);

    /// <summary>Asks a model for chunks.</summary>
    /// <param name="model">The model.</param>
    /// <param name="observations">[batch, shape of an observation].</param>
    /// <param name="step">The step at which is asked.</param>
    /// <param name="rollouts">The number of each row's rollout.</param>
    /// <param name="chunks">Takes the actions, [batch, chunk * action size].</param>
    public abstract void Act(Module model, Tensor observations, int step, ReadOnlySpan<int> rollouts, Span<float> chunks);

    /// <summary>The shape of a model's input, for a shape of an observation.</summary>
    public abstract Shape InputShape(Shape observation);

    /// <summary>Puts in front of a network for vectors what it needs to be told the time, where there is one.</summary>
    /// <param name="features">Features of an observation.</param>
    /// <param name="create">Makes the network for a number of inputs.</param>
    public abstract Module ForVectors(int features, Func<int, Module> create);

    /// <summary>The map that whitens what the network sees of vectors.</summary>
    public abstract InputTransform Whitening(CloningRows rows);

    /// <summary>The mean of <see cref="FixedLoss"/> over all rows.</summary>
    public double MeanLoss(Module model, CloningRows rows, CancellationToken cancellation)
    {
        using var quiet = NoGradient.Begin();
        int[] all = rows.Spread(int.MaxValue);
        int batch = rows.AreVectors ? all.Length : PictureBatch;
        double sum = 0;
        for (int start = 0; start < all.Length; start += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = TensorScope.Begin();
            var some = all.AsSpan(start, Math.Min(batch, all.Length - start));
            sum += FixedLoss(model, rows, some).ToDouble() * some.Length;
        }
        return sum / all.Length;
    }

    /// <summary>A model as a policy.</summary>
    /// <param name="model">The model.</param>
    /// <param name="shape">The shape of an observation.</param>
    public ChunkPolicy Policy(Module model, Shape shape) => (step, rollouts, observations, chunks) =>
    {
        using var scope = TensorScope.Begin();
        using var quiet = NoGradient.Begin();
        Act(model, Tensor.From(observations, [rollouts.Length, .. shape.ToArray()]), step, rollouts, chunks);
    };
}
