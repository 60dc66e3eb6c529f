namespace Kappa.Lab.Tests.Experiments.Isometry;

/// <summary>Pictures of 8 x 8 pixels and ten classes, and runs of seconds on them.</summary>
internal static class Small
{
    internal static readonly ContinualSettings Settings = new()
    {
        Width = 16, Depth = 2, Tasks = 6, TuningTasks = 2, Examples = 60, TestExamples = 30, Epochs = 4, BatchSize = 20, Window = 2, DiagnoseEvery = 2,
        SaveEvery = 2, Seeds = 2, LearningRates = [1e-3],
    };

    internal static PictureSamples Pictures(int seed = 1)
    {
        var generator = new Philox((ulong)seed);
        var (inputs, labels) = Draw(60, generator.Split("training"));
        var (testInputs, testLabels) = Draw(30, generator.Split("test"));
        return new PictureSamples(inputs, labels, testInputs, testLabels);
    }

    internal static ContinualTrial Trial(string method, TaskKind kind = TaskKind.PermutedInputs, ContinualSettings? settings = null, double learningRate = 1e-2)
    {
        var found = ContinualMethods.Find(method);
        return new ContinualTrial(kind, settings ?? Settings, found, learningRate, found.Strengths[1], (settings ?? Settings).Tasks, Seed: 3);
    }

    internal static RunRecord Run(ContinualTrial trial, string folder, CancellationToken cancellation = default, Action<double>? report = null) =>
        ContinualRun.Run(trial, Pictures(), ExperimentRuns.Context(folder, cancellation, report));

    private static (float[] Inputs, int[] Labels) Draw(int count, Philox generator)
    {
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 10)];
        var inputs = new float[count * 64];
        generator.FillNormal(inputs, 0f, 0.5f);
        // Each class lights a few pixels of its own.
        for (int i = 0; i < count; i++)
        {
            for (int pixel = 0; pixel < 6; pixel++)
                inputs[(i * 64) + (labels[i] * 6) + pixel] += 2;
        }

        return (inputs, labels);
    }
}
