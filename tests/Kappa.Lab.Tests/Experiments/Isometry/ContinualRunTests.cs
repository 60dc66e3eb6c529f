namespace Kappa.Lab.Tests.Experiments.Isometry;

public sealed class ContinualRunTests
{
    public static TheoryData<string> Methods => [.. ContinualMethods.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_learns_and_an_interrupted_run_goes_on_to_the_same_bits(string method)
    {
        using var temporary = new TemporaryFolder();
        var trial = Small.Trial(method);
        string whole = Small.Run(trial, temporary["whole"]).ToJson().ToJsonString();

        using var stop = new CancellationTokenSource();
        string folder = temporary["interrupted"];
        // In the sixth task, two checkpoints were written.
        var context = ExperimentRuns.Context(folder, stop.Token, share =>
        {
            if (share > 0.8)
                stop.Cancel();
        });
        _ = Assert.ThrowsAny<OperationCanceledException>(() => ContinualRun.Run(trial, Small.Pictures(), context));
        Assert.True(Directory.Exists(Path.Combine(folder, "checkpoints", "step-00000004")));
        double first = 1;
        string resumed = Small.Run(trial, folder, report: share => first = Math.Min(first, share)).ToJson().ToJsonString();
        Assert.Equal(whole, resumed);
        Assert.Equal(5 / 6.0, first, 1e-9);

        var record = Small.Run(trial, temporary["again"]);
        Assert.Equal(6, record["finalAccuracy"].Count);
        Assert.True(record["finalAccuracy"].Average() > 0.25, $"{record["finalAccuracy"].Average()}");
        Assert.All(record["testAccuracy"].Concat(record["onlineAccuracy"]), accuracy => Assert.InRange(accuracy, 0, 1));
        Assert.Equal([1, 2, 4, 6], record["diagnosedAt"]);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_runs_on_a_convolutional_network(string method)
    {
        using var temporary = new TemporaryFolder();
        var settings = Small.Settings with { Network = "conv", Tasks = 4, Epochs = 4 };
        var record = Small.Run(Small.Trial(method, TaskKind.LabelShuffles, settings), temporary.FullPath);
        Assert.True(record["finalAccuracy"].Average() > 0.2, $"{record["finalAccuracy"].Average()}");
        foreach (string kind in new[] { "sigma", "jacobian" })
            Assert.All(record[kind + "Max"].Zip(record[kind + "Min"]), pair => Assert.True(pair.First >= pair.Second));
        Assert.All(record["weightNorm"], norm => Assert.True(norm > 0));
    }

    [Fact]
    public void A_task_that_does_not_stay_finite_is_named_and_the_others_are_kept()
    {
        using var temporary = new TemporaryFolder();
        var trial = Small.Trial("adamw", learningRate: 1e20) with { Strength = 0 };
        var record = Small.Run(trial, temporary.FullPath);
        Assert.Equal([1, 2, 3, 4, 5, 6], record.Failures);
        Assert.StartsWith("task 1: ", record.FirstFailure, StringComparison.Ordinal);
        Assert.Equal(6, record["finalAccuracy"].Count);

        // What was undone leaves the network as it was: at its start, here.
        var start = Small.Run(trial with { LearningRate = 1e-30 }, temporary["start"]);
        Assert.Empty(start.Failures);
        Assert.Equal(start["finalAccuracy"], record["finalAccuracy"]);
        Assert.All(NetworkDiagnosis.Numbers, number => Assert.Equal(start[number.Name], record[number.Name]));
    }

    [Fact]
    public void All_methods_with_one_kind_of_network_start_from_the_same_weights_and_tasks()
    {
        using var temporary = new TemporaryFolder();
        double[][] accuracies = [.. new[] { "adamw", "adamo", "l2", "continual-backpropagation" }.Select(method =>
            Small.Run(Small.Trial(method, learningRate: 1e-30) with { Strength = 0 }, temporary[method])["finalAccuracy"].ToArray())];
        Assert.All(accuracies, accuracy => Assert.Equal(accuracies[0], accuracy));
    }

    [Fact]
    public void Accuracies_are_those_of_a_count_by_hand()
    {
        using var temporary = new TemporaryFolder();
        // Nothing is learned, so the three accuracies are those of the network at its start: online over the same pictures as final.
        var record = Small.Run(Small.Trial("adamw", TaskKind.LabelShuffles, learningRate: 1e-30) with { Strength = 0 }, temporary.FullPath);
        Assert.Equal(record["finalAccuracy"], record["onlineAccuracy"]);
    }

    [Fact]
    public void Settings_that_cannot_be_are_rejected_by_name()
    {
        foreach (var (settings, name) in new (ContinualSettings, string)[]
        {
            (Small.Settings with { Data = "cifar" }, "data"), (Small.Settings with { Network = "rnn" }, "network"),
            (Small.Settings with { Width = 10 }, "width"), (Small.Settings with { BatchSize = 61 }, "batchSize"),
            (Small.Settings with { Window = 4 }, "window"), (Small.Settings with { LearningRates = [] }, "learningRates"), (
                Small.Settings with { Methods = [ContinualMethods.Find("adamw"), ContinualMethods.Find("adamw")] }, "methods"),
            (Small.Settings with { Target = 0 }, "target"), (Small.Settings with { Tasks = 0 }, "tasks"),
        })
        {
            Assert.StartsWith(
                name + ": ", Assert.Throws<ConfigException>(() => SettingsOf<ContinualSettings>.Check(settings)).Message, StringComparison.Ordinal);
        }
    }
}
