namespace Kappa.Lab.Tests.Studies;

/// <summary>Long work asks its token.</summary>
public sealed class CancellationTests
{
    private static readonly string Text = string.Concat(Enumerable.Range(0, 400).Select(i => $"the {i} sheep and {i * 7 % 13} more. "));

    [Fact]
    public void Learning_a_byte_pair_tokenizer_asks_before_each_text()
    {
        using var source = new CancellationTokenSource();
        int texts = 0;
        IEnumerable<string> Texts()
        {
            for (; texts < 100; texts++)
            {
                if (texts == 3)
                    source.Cancel();
                yield return Text;
            }
        }
        Assert.Throws<OperationCanceledException>(() => BytePairTokenizer.Train(Texts(), 300, source.Token));
        Assert.Equal(3, texts);
    }

    [Fact]
    public void A_training_that_is_stopped_in_an_evaluation_owes_it_and_ends_with_the_same_lines()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.txt"], Text);
        File.WriteAllText(folder["run.json"], """
            {
              "name": "owed",
              "data": { "name": "text", "path": "text.txt" },
              "model": { "name": "transformer", "width": 8, "layers": 1, "heads": 2, "contextLength": 8 },
              "optimizer": { "name": "adamw", "learningRate": 0.01 },
              "steps": 6, "batchSize": 2, "evaluateEvery": 2, "checkpointEvery": 3, "validationExamples": 8
            }
            """);
        var config = TrainingConfig.ReadFile(folder["run.json"], KappaCatalog.Choices);
        _ = Run(config, folder["whole"], RunFolderMode.Fresh, null, CancellationToken.None);
        using var source = new CancellationTokenSource();
        // The evaluation of step 4 has begun.
        var stop = new StopAt(source, progress => progress is { Phase: RunPhase.Evaluating, Step: 4 });
        Assert.Throws<OperationCanceledException>(() => Run(config, folder["stopped"], RunFolderMode.Fresh, stop, source.Token));
        Assert.Equal([3, 4], Checkpoint.Steps(folder["stopped/checkpoints"]).TakeLast(2));
        _ = Run(config, folder["stopped"], RunFolderMode.Resume, null, CancellationToken.None);
        Assert.Equal(Lines(folder["whole"]), Lines(folder["stopped"]));
    }

    private static TrainingResult Run(
        TrainingConfig config, string path, RunFolderMode mode, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        using var run = RunFolder.Open(new RunRequest(TrainingFolder.Kind, config.Name, SettingsOf<TrainingConfig>.Write(config)) { Path = path, Mode = mode });
        return new TrainingRunner(config, TrainingRunner.LoadData(config, run, null, cancellation), TimeProvider.System).Run(run, progress, cancellation);
    }

    private static IEnumerable<TrainingLine> Lines(string run) =>
        [.. new TrainingFolder(new RunPart(run)).ReadMetrics().Select(line => line with { Seconds = 0 })];

    private sealed class StopAt(CancellationTokenSource source, Func<TrainingProgress, bool> when) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (when(value))
                source.Cancel();
        }
    }
}
