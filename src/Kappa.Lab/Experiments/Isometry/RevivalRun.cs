namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Kills units, trains, and counts those that are awake again.</summary>
internal static class RevivalRun
{
    /// <summary>One run: the steps at which units were counted, the share that was awake, and the last accuracy on the training pictures.</summary>
    internal static (double[] Steps, double[] Awake, double Accuracy) Run(
        RevivalSettings settings, ContinualMethod method, bool byBias, int seed, PictureSamples samples, CellContext context)
    {
        var generator = new Philox((ulong)seed);
        var model = ContinualNetwork.Make(settings.ForNetwork(), method, samples.Pixels);
        var device = context.Compute.Open();
        _ = model.Initialize(generator.Split("network")).To(device);
        // An interval of a tenth of the run for methods that act now and then.
        var optimizer = method.Optimize(new MethodContext(
            model, settings.LearningRate, method.Strengths[0], Math.Max(1, settings.Steps / 10), settings.ForNetwork().Target, generator.Split("method")));
        var dead = DeadUnits.Kill(model, settings.Share, byBias, generator.Split("dead"));
        var inputs = Tensor.From(samples.Inputs, [samples.Labels.Length, samples.Pixels]).On(device).Keep();
        var labels = Tensor.From(samples.Labels, [samples.Labels.Length]).On(device).Keep();
        var order = generator.Split("order");
        var steps = new List<double> { 0 };
        var awake = new List<double> { dead.Awake(inputs) };
        var batches = new RowBatches(samples.Labels.Length, settings.BatchSize, _ => order, PartialBatch.Drop);
        TrainingLoop loop = null!;
        loop = new TrainingLoop(optimizer, () =>
        {
            var indices = Tensor.From(batches.Next(), [settings.BatchSize]).On(device);
            return Loss.CrossEntropy(model.Forward(inputs.Gather(indices)), labels.Gather(indices));
        })
        {
            AfterStep = () =>
            {
                if (loop.Step % settings.CountEvery != 0 && loop.Step != settings.Steps)
                    return;
                steps.Add(loop.Step);
                awake.Add(dead.Awake(inputs));
                context.Report((double)loop.Step / settings.Steps);
            },
        };
        loop.Run(settings.Steps, context.Cancellation);

        using var outside = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        return ([.. steps], [.. awake], Classification.CountRight(model.ForwardToHost(inputs), labels.On(Device.Cpu)) / (double)labels.Count);
    }
}
