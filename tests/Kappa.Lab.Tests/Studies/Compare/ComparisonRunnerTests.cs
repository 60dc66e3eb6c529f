using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Studies.Compare;

public sealed class ComparisonRunnerTests
{
    [Fact]
    public void Results_do_not_depend_on_how_many_trials_run_at_once()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config();
        _ = Toy.Run(config, folder["one"], jobs: 1);
        _ = Toy.Run(config, folder["five"], jobs: 5);
        Assert.Equal(Toy.Fingerprint(config, folder["one"]), Toy.Fingerprint(config, folder["five"]));
    }

    [Fact]
    public void A_task_is_told_the_number_of_each_step_also_after_a_resume()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config(Toy.Json.Replace("[0.003, 0.03]", "[0.003]").Replace("\"seeds\": 2", "\"seeds\": 1"));
        List<long> numbers = [];
        using var source = new CancellationTokenSource();
        _ = Toy.Run(
            config, folder["run"], task: new PreparedToy { OnStepNumber = numbers.Add, OnStep = step => { if (step == 10) source.Cancel(); } },
            cancellation: source.Token);
        Assert.Equal(Enumerable.Range(0, 10).Select(step => (long)step), numbers);
        _ = Toy.Run(config, folder["run"], task: new PreparedToy { OnStepNumber = numbers.Add }, mode: RunFolderMode.Resume);
        Assert.Equal(Enumerable.Repeat(Enumerable.Range(0, 30), 5).SelectMany(steps => steps).Select(step => (long)step), numbers);
    }

    [Fact]
    public void A_run_stopped_at_random_steps_and_resumed_ends_bit_identical_to_an_undisturbed_one()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config();
        _ = Toy.Run(config, folder["whole"]);
        string expected = Toy.Fingerprint(config, folder["whole"]);
        var generator = new Philox(11);
        for (int round = 0; round < 3; round++)
        {
            string path = folder[$"round{round}"];
            int stops = 0;
            var mode = RunFolderMode.Fresh;
            while (true)
            {
                using var source = new CancellationTokenSource();
                int stopAt = 1 + generator.NextInt32(150);
                var task = new PreparedToy { OnStep = step => { if (step == stopAt) source.Cancel(); } };
                var results = Toy.Run(config, path, jobs: 1 + round % 3, task: task, mode: mode, cancellation: source.Token);
                mode = RunFolderMode.Resume;
                if (results.Count == config.Trials().Count)
                    break;
                stops++;
            }
            Assert.True(stops > 2, $"only {stops} stops");
            Assert.Equal(expected, Toy.Fingerprint(config, path));
        }
    }

    [Fact]
    public void A_process_killed_between_any_two_writes_resumes_bit_identically()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config();
        _ = Toy.Run(config, folder["whole"]);
        string expected = Toy.Fingerprint(config, folder["whole"]);
        // A crash leaves whatever is on the disk at that moment, without the checkpoint that a cancellation writes.
        var generator = new Philox(12);
        for (int round = 0; round < 4; round++)
        {
            int crashAt = 1 + generator.NextInt32(600);
            var task = new PreparedToy { OnStep = step => { if (step >= crashAt) throw new InvalidOperationException("crash"); } };
            string path = folder[$"crash{round}"];
            _ = Assert.Throws<InvalidOperationException>(() => Toy.Run(config, path, jobs: 2, task: task));
            foreach (string file in Directory.GetFiles(path, "metrics.jsonl", SearchOption.AllDirectories))
                File.AppendAllText(file, "{\"step\":29,\"trai");
            _ = Toy.Run(config, path, jobs: 2, mode: RunFolderMode.Resume);
            Assert.Equal(expected, Toy.Fingerprint(config, path));
        }
    }

    [Fact]
    public void Every_optimizer_sees_the_same_examples_in_the_same_order()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config();
        var seen = new Dictionary<string, List<int[]>>();
        var current = new List<int[]>();
        var task = new PreparedToy { Poisoned = indices => { current.Add(indices.ToArray()); return false; } };
        foreach (var optimizer in config.Optimizers)
        {
            current = [];
            var single = config with { Optimizers = [optimizer with { LearningRates = [0.01] }], Seeds = [3] };
            _ = Toy.Run(single, folder[RunPaths.Slug(optimizer.Label)], task: task);
            seen[optimizer.Label] = current;
        }
        var first = seen.Values.First();
        Assert.Equal(30, first.Count);
        Assert.All(seen.Values, order => Assert.Equal(first, order));
        // 40 examples in batches of 16: five batches are two passes over all examples.
        Assert.All(Enumerable.Range(0, 40), example => Assert.Equal(2, first.Take(5).Sum(batch => batch.Count(index => index == example))));
    }

    [Fact]
    public void A_trial_whose_loss_is_not_finite_is_recorded_as_diverged_and_the_others_go_on()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config();
        config = config with { Optimizers = [config.Optimizers[1]], LearningRates = [0.003], Seeds = [0, 1, 2] };
        int calls = 0;
        var task = new PreparedToy { Poisoned = _ => ++calls == 40 };
        var results = Toy.Run(config, folder["run"], task: task);
        Assert.Equal(6, results.Count);
        var diverged = Assert.Single(results, result => result.Diverged is not null);
        Assert.Equal(9, diverged.Steps);
        Assert.Contains("NaN", diverged.Diverged, StringComparison.Ordinal);
        Assert.Null(diverged.ValidationLoss);
        var summary = Summarizer.Summarize(config, task, results);
        Assert.Equal(0.003, summary.Optimizers[0].Best!.LearningRate);
        Assert.Equal(double.PositiveInfinity, summary.Optimizers[0].Rates[1].MeanValidationLoss);
    }

    [Fact]
    public void Resuming_with_a_changed_config_keeps_the_trials_that_the_change_does_not_touch()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config();
        _ = Toy.Run(config, folder["run"]);
        int steps = 0;
        var task = new PreparedToy { OnStep = _ => Interlocked.Increment(ref steps) };
        var wider = config with { Seeds = [0, 1, 2] };
        Assert.Contains(
            "seeds: [0,1] when the run began, [0,1,2] now", Assert.Throws<RunFolderException>(
                () => Toy.Open(wider, folder["run"], RunFolderMode.Resume)).Message, StringComparison.Ordinal);
        var results = Toy.Run(wider, Toy.Open(wider, folder["run"], RunFolderMode.Resume, amend: true), task: task);
        Assert.Equal(30, results.Count);
        Assert.Equal(10 * 30, steps);
        steps = 0;
        var clipped = wider with { MaxGradientNorm = 1 };
        _ = Toy.Run(clipped, Toy.Open(clipped, folder["run"], RunFolderMode.Resume, amend: true), task: task);
        Assert.Equal(30 * 30, steps);
    }

    [Theory]
    [InlineData("\"metric\":")]
    [InlineData("\"steps\":")]
    public void A_digit_changed_in_a_result_is_found_and_the_trial_trained_again_once_it_is_deleted(string field)
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config();
        _ = Toy.Run(config, folder["run"]);
        string expected = Toy.Fingerprint(config, folder["run"]);
        string file = folder[$"run/trials/{config.Trials()[3].FolderName}/result.json"], text = File.ReadAllText(file);
        int digit = text.IndexOf(field, StringComparison.Ordinal) + field.Length;
        File.WriteAllText(file, $"{text[..digit]}{(text[digit] == '9' ? '8' : '9')}{text[(digit + 1)..]}");
        var error = Assert.Throws<DamagedFileException>(() => Toy.Run(config, folder["run"], mode: RunFolderMode.Resume));
        Assert.StartsWith($"{file}: it is damaged: ", error.Message, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Equal(20, Toy.Run(config, folder["run"], mode: RunFolderMode.Resume).Count);
        Assert.Equal(expected, Toy.Fingerprint(config, folder["run"]));
    }

    [Theory]
    [InlineData("result.json", "instructions")]
    [InlineData("result.json", "metrics")]
    [InlineData("checkpoints/step-00000030/state.json", "extra")]
    public void Fields_that_another_version_did_not_write_are_said_with_the_file_and_the_way_out(string file, string field)
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config() with { Seeds = [0] };
        _ = Toy.Run(config, folder["run"]);
        string trial = folder[$"run/trials/{config.Trials()[3].FolderName}"], path = Path.Combine(trial, file);
        var json = SealedJson.Open(File.ReadAllBytes(path));
        if (field == "extra")
            json[field] = new JsonObject();
        else
            Assert.True(json.Remove(field));
        File.WriteAllBytes(path, SealedJson.Seal(json));
        if (field == "extra")
            File.Delete(Path.Combine(trial, "result.json"));
        var error = Assert.Throws<DamagedFileException>(() => Toy.Run(config, folder["run"], mode: RunFolderMode.Resume));
        Assert.StartsWith(Path.Combine(trial, file.Split('/')[0]), error.Message, StringComparison.Ordinal);
        Assert.EndsWith("the trial is trained again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_larger_than_the_data_is_refused_with_the_number_of_examples()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config() with { BatchSize = 41 };
        var error = Assert.Throws<ConfigException>(() => Toy.Run(config, folder["run"]));
        Assert.Equal("batchSize: expected at most the 40 training examples of toy, or \"all\"; got 41", error.Message);
    }

    [Fact]
    public void A_full_batch_takes_every_example_in_each_step()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config() with { BatchSize = 0, Seeds = [0] };
        var task = new PreparedToy { Poisoned = indices => indices.Length != 40 };
        Assert.All(Toy.Run(config, folder["run"], task: task), result => Assert.Null(result.Diverged));
    }

    [Fact]
    public void An_error_in_one_trial_stops_the_run_after_the_others_wrote_their_checkpoints()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config();
        // Something that must be a folder is a file, as on a damaged disk.
        string trial = folder[$"run/trials/{config.Trials()[3].FolderName}"];
        var run = Toy.Open(config, folder["run"]);
        _ = Directory.CreateDirectory(folder["run/trials"]);
        File.WriteAllText(trial, "in the way");
        _ = Assert.ThrowsAny<IOException>(() => Toy.Run(config, run, jobs: 2));
        File.Delete(trial);
        Assert.Equal(20, Toy.Run(config, folder["run"], mode: RunFolderMode.Resume).Count);
    }

    [Fact]
    public void What_an_optimizer_warns_of_is_reported_with_its_trial()
    {
        using var folder = new TemporaryFolder();
        var config = Toy.Config();
        var reports = new Reports();
        var task = new PreparedToy { Around = model => new Twice(model) };
        _ = Toy.Run(config, Toy.Open(config, folder["run"]), task: task, progress: reports);
        var warnings = reports.Where(report => report.Warning is not null).ToList();
        // One for each rate and seed of the optimizer that preconditions.
        Assert.Equal(4, warnings.DistinctBy(report => report.Trial).Count());
        Assert.All(warnings, report =>
        {
            Assert.StartsWith("DoPr leaves the gradient of again = ", report.Warning, StringComparison.Ordinal);
            Assert.Equal("DoPr-AdamW", report.Trial.Optimizer.Label);
        });
    }

    /// <summary>A model whose first weight has a second name.</summary>
    private sealed class Twice : Module
    {
        private readonly Module _inside;

        internal Twice(Module inside)
        {
            _inside = RegisterModule("inside", inside);
            _ = RegisterParameter("again", inside.Modules().Select(entry => entry.Module).OfType<Linear>().First().Weight);
        }

        protected override Tensor ForwardCore(Tensor input) => _inside.Forward(input);
    }

    private sealed class Reports : ConcurrentQueue<TrialProgress>, IProgress<TrialProgress>
    {
        public void Report(TrialProgress value) => Enqueue(value);
    }
}
