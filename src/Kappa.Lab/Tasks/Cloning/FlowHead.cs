namespace Kappa.Lab.Tasks.Cloning;

/// <summary>The network is a velocity field over chunks, given what is seen: noise that follows it becomes a chunk. It can say that there are several good
/// things to do, of which the mean is none.</summary>
/// <remarks>
/// <para>Conditional flow matching with straight paths (Lipman and others, 2022, arXiv 2210.02747), as policies use it (Black and others, 2024, arXiv
/// 2410.24164): the network sees the observation, x_t = (1 - t) x_0 + t x_1 and t, with x_1 the expert's chunk, and is to say x_1 - x_0.</para>
/// <para>Beside a vector stand x_t and t as further numbers; beside a picture as further planes, each of one value.</para>
/// </remarks>
internal sealed class FlowHead : ActionHead
{
    private const int Frequencies = 4;

    // Noises and times of each row with which a loss that must not vary is measured.
    private const int FixedDraws = 4;

    private readonly int _size;
    private readonly int _steps;
    private readonly Philox _generator;

    /// <summary>Makes the head.</summary>
    /// <param name="chunkSize">Numbers of a chunk: steps times actions.</param>
    /// <param name="steps">Euler steps from noise to a chunk, 1 or more.</param>
    /// <param name="generator">Decides noise and times; it does not advance.</param>
    internal FlowHead(int chunkSize, int steps, Philox generator) => (_size, _steps, _generator) = (chunkSize, steps, generator);

    public override Tensor TrainingLoss(Module model, CloningRows rows, ReadOnlySpan<int> indices, long step)
    {
        int draws = int.MaxValue / rows.Count;
        int[] pairs = new int[indices.Length];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = indices[i] + (rows.Count * (int)(step % draws));
        return LossOf(model, rows.Observations(indices), new FlowPairs(rows.Chunks, draws, false, _generator.Split("training")), pairs);
    }

    public override Tensor FixedLoss(Module model, CloningRows rows, ReadOnlySpan<int> indices)
    {
        var (inputs, pairs) = FixedPairs(rows, indices);
        return LossOf(model, rows.Observations(inputs), new FlowPairs(rows.Chunks, FixedDraws, false, _generator.Split("fixed")), pairs);
    }

    public override void Act(Module model, Tensor observations, int step, ReadOnlySpan<int> rollouts, Span<float> chunks)
    {
        float[] noise = new float[rollouts.Length * _size];
        var now = _generator.Split("deployment").Split(step);
        for (int row = 0; row < rollouts.Length; row++)
            now.Split(rollouts[row]).FillNormal(noise.AsSpan(row * _size, _size));
        Tensor Velocity(Tensor points, double time) =>
            model.Forward(Joined(observations, Tensor.Concat(1, points, Tensor.Full([points.Shape[0], 1], time))));
        using var end = FlowSampler.Follow(
            Velocity, Tensor.From<float>(noise, [rollouts.Length, _size]), _steps, Integrator.Euler, CancellationToken.None);
        end.ReadOnlyValues<float>().CopyTo(chunks);
    }

    public override Shape InputShape(Shape observation) => observation.Rank == 1
        ? [observation[0] + _size + 1]
        : [observation[0] + _size + 1, observation[1], observation[2]];

    public override Module ForVectors(int features, Func<int, Module> create) =>
        new Sequential(("time", new TimeFeatures(Frequencies)), ("mlp", create(features + _size + (2 * Frequencies))));

    /// <summary>Whitens what is seen and x_t together, over rows, noises and times; the time is left as it is.</summary>
    public override InputTransform Whitening(CloningRows rows)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        var (inputs, pairs) = FixedPairs(rows, rows.Spread(int.MaxValue));
        var noisy = new FlowPairs(rows.Chunks, FixedDraws, false, _generator.Split("whitening")).Of(pairs).Inputs;
        var all = Joined(rows.Observations(inputs), noisy);
        int features = all.Shape[1] - 1;
        var inner = InputTransform.Whitening(all.Slice(1, 0, features));
        float[] mean = [.. inner.Mean.ToArray<float>(), 0], matrix = new float[(features + 1) * (features + 1)];
        for (int row = 0; row < features; row++)
            inner.Matrix.ReadOnlyValues<float>().Slice(row * features, features).CopyTo(matrix.AsSpan(row * (features + 1)));
        matrix[^1] = 1;
        return new InputTransform(Tensor.From<float>(mean, [features + 1]).Keep(), Tensor.From<float>(matrix, [features + 1, features + 1]).Keep());
    }

    private static (int[] Rows, int[] Pairs) FixedPairs(CloningRows rows, ReadOnlySpan<int> indices)
    {
        int[] repeated = new int[indices.Length * FixedDraws], pairs = new int[indices.Length * FixedDraws];
        for (int i = 0; i < pairs.Length; i++)
        {
            repeated[i] = indices[i / FixedDraws];
            pairs[i] = repeated[i] + (rows.Count * (i % FixedDraws));
        }
        return (repeated, pairs);
    }

    private static Tensor LossOf(Module model, Tensor observations, FlowPairs pairs, ReadOnlySpan<int> indices)
    {
        var (inputs, targets) = pairs.Of(indices);
        return Loss.MeanSquaredError(model.Forward(Joined(observations, inputs)), targets);
    }

    private static Tensor Joined(Tensor observations, Tensor numbers) =>
        Tensor.Concat(1, observations, observations.Rank == 2 ? numbers : Planes(numbers, observations.Shape[2], observations.Shape[3]));

    private static Tensor Planes(Tensor numbers, int height, int width)
    {
        int rows = numbers.Shape[0], columns = numbers.Shape[1], pixels = height * width;
        var planes = Tensor.Zeros([rows, columns, height, width]);
        var values = planes.Values<float>();
        var given = numbers.ReadOnlyValues<float>();
        for (int i = 0; i < given.Length; i++)
            values.Slice(i * pixels, pixels).Fill(given[i]);
        return planes;
    }
}
