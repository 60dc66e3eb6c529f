using Kappa.Lab.Data;
using Kappa.Networks;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Kills units, trains, and counts those that are awake again.</summary>
internal static class RevivalRun
{
    /// <summary>One run.</summary>
    /// <returns>The steps at which units were counted, the share that was awake, and the last accuracy on the training pictures.</returns>
    internal static (double[] Steps, double[] Awake, double Accuracy) Run(RevivalSettings settings, ContinualMethod method, double strength, bool byBias, int seed, PictureSamples samples, CellContext context)
    {
        var generator = new Philox((ulong)seed);
        var model = ContinualNetwork.Make(settings.ForNetwork(), method, samples.Pixels);
        _ = model.Initialize(generator.Split("network"));
        double target = settings.ForNetwork().Target;
        // An interval of a tenth of the run for methods that act now and then.
        var optimizer = method.Optimize(new MethodContext(model, settings.LearningRate, strength, Math.Max(1, settings.Steps / 10), target, generator.Split("method")));
        var dead = DeadUnits.Kill(model, settings.Share, byBias, generator.Split("dead"));
        var inputs = Tensor.From(samples.Inputs, [samples.Labels.Length, samples.Pixels]).Keep();
        var labels = Tensor.From(samples.Labels, [samples.Labels.Length]).Keep();
        var order = generator.Split("order");
        int[] rows = [.. Enumerable.Range(0, samples.Labels.Length)];
        var steps = new List<double> { 0 };
        var awake = new List<double> { dead.Awake(inputs) };
        int start = rows.Length;
        for (int step = 1; step <= settings.Steps; step++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (start + settings.BatchSize > rows.Length)
            {
                order.Shuffle(rows);
                start = 0;
            }

            using (var scope = TensorScope.Begin())
            {
                var indices = Tensor.From(rows.AsSpan(start, settings.BatchSize).ToArray(), [settings.BatchSize]);
                Loss.CrossEntropy(model.Forward(inputs.Gather(indices)), labels.Gather(indices)).Backward();
                optimizer.Step();
                optimizer.ZeroGrad();
            }

            start += settings.BatchSize;
            if (step % settings.CountEvery != 0 && step != settings.Steps)
                continue;
            steps.Add(step);
            awake.Add(dead.Awake(inputs));
            context.Report((double)step / settings.Steps);
        }

        return ([.. steps], [.. awake], Accuracy(model, inputs, samples.Labels));
    }

    private static double Accuracy(Module model, Tensor inputs, int[] labels)
    {
        using var outside = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        return Classification.CountRight(model.Forward(inputs), labels) / (double)labels.Length;
    }
}
