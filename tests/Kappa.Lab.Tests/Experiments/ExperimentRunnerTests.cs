using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments;

[Collection(ThreadCountCollection.Name)]
public sealed class ExperimentRunnerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_cell_runs_once_and_results_come_in_the_order_of_the_cells(int jobs)
    {
        using var temporary = new TemporaryFolder();
        var experiment = new CountingExperiment();
        var results = ExperimentRuns.Run(experiment, temporary["run"], jobs);
        Assert.Equal([1.5, 4.5, 9.5], results.Finished.Select(result => result.Number("square")));
        Assert.Equal((1, 3, 3), (experiment.Prepared, experiment.Ran, results.Total));
        Assert.Equal([2, double.NaN], results.Finished[1].Numbers("list"));
    }

    [Fact]
    public void What_is_finished_is_kept_when_a_cell_fails_and_the_cell_is_named()
    {
        using var temporary = new TemporaryFolder();
        var experiment = new CountingExperiment { During = (number, _) => Assert.True(number != 2, "out of squares") };
        var error = Assert.Throws<ExperimentException>(() => ExperimentRuns.Run(experiment, temporary["run"], 1));
        Assert.Equal("n/2: out of squares", error.Message);

        var later = new CountingExperiment();
        var results = ExperimentRuns.Run(later, temporary["run"], 1, mode: RunFolderMode.Resume);
        Assert.Equal([1.5, 4.5, 9.5], results.Finished.Select(result => result.Number("square")));
        Assert.Equal(2, later.Ran);
    }

    [Fact]
    public void An_interrupted_run_keeps_what_is_finished_and_the_folder_of_the_cell_that_ran()
    {
        using var temporary = new TemporaryFolder();
        using var source = new CancellationTokenSource();
        var experiment = new CountingExperiment
        {
            During = (number, context) =>
            {
                if (number != 2)
                    return;
                context.Work.WriteText("checkpoint", "half");
                source.Cancel();
                context.Cancellation.ThrowIfCancellationRequested();
            },
        };
        var results = ExperimentRuns.Run(experiment, temporary["run"], 1, cancellation: source.Token);
        Assert.Equal(["n/1"], results.Finished.Select(result => result.Key));
        bool found = false;
        experiment.During = (number, context) => found |= number == 2 && context.Work.Has("checkpoint");
        Assert.Equal(3, ExperimentRuns.Run(experiment, temporary["run"], 1, mode: RunFolderMode.Resume).Finished.Count);
        Assert.True(found);
        Assert.False(Directory.Exists(temporary["run/work"]));
    }

    [Fact]
    public void Several_cells_at_once_take_one_thread_each_and_one_alone_takes_all()
    {
        using var temporary = new TemporaryFolder();
        int before = ComputeThreads.Count;
        var counts = new List<int>();
        var experiment = new CountingExperiment { During = (_, _) => { lock (counts) counts.Add(ComputeThreads.Count); } };
        _ = ExperimentRuns.Run(experiment, temporary["two"], 2);
        _ = ExperimentRuns.Run(experiment, temporary["one"], 1);
        Assert.Equal([1, 1, 1, before, before, before], counts);
        Assert.Equal(before, ComputeThreads.Count);
    }

    [Fact]
    public void Keys_that_would_share_a_file_are_refused()
    {
        using var temporary = new TemporaryFolder();
        var experiment = new CountingExperiment { SameKeys = true };
        var error = Assert.Throws<ArgumentException>(() => ExperimentRuns.Run(experiment, temporary["run"], 1));
        Assert.Contains("\"n/1\" and \"n/1\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_holds_a_run_is_kept_unless_forced_and_reopened_with_its_settings()
    {
        using var temporary = new TemporaryFolder();
        var experiment = new CountingExperiment();
        var settings = experiment.Settings(ExperimentScale.Short);
        settings["count"] = 2;
        _ = ExperimentRuns.Run(experiment, temporary["run"], 1, settings);
        var held = Assert.Throws<RunFolderException>(() => ExperimentRuns.Run(experiment, temporary["run"], 1, settings));
        Assert.Contains("already holds this run", held.Message, StringComparison.Ordinal);
        var read = ExperimentConfig.Read(temporary["run"], RunFolder.Read(temporary["run"], ExperimentFolder.Kind));
        Assert.Equal(experiment.FullName, read.Experiment);
        Assert.True(JsonNode.DeepEquals(settings, read.Settings));
        Assert.Equal(2, ExperimentRuns.Run(experiment, temporary["run"], 1, read.Settings, RunFolderMode.Resume).Finished.Count);
        Assert.Equal(2, experiment.Ran);
        _ = ExperimentRuns.Run(experiment, temporary["run"], 1, settings, RunFolderMode.Force);
        Assert.Equal(4, experiment.Ran);
    }

    [Fact]
    public void A_result_that_is_not_as_it_was_written_is_named_and_done_again_once_it_is_deleted()
    {
        using var temporary = new TemporaryFolder();
        var experiment = new CountingExperiment();
        _ = ExperimentRuns.Run(experiment, temporary["run"], 1);
        string file = temporary["run/cells/n_2.json"];
        File.WriteAllText(file, File.ReadAllText(file).Replace("4.5", "4.6", StringComparison.Ordinal));
        var error = Assert.Throws<DamagedFileException>(() => ExperimentRuns.Run(experiment, temporary["run"], 1, mode: RunFolderMode.Resume));
        Assert.StartsWith($"{file}: it is damaged: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Delete it and resume: the cell is done again", error.Message, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Equal(4.5, ExperimentRuns.Run(experiment, temporary["run"], 1, mode: RunFolderMode.Resume).Finished[1].Number("square"));
        Assert.Equal(4, experiment.Ran);
    }

    [Theory]
    [InlineData("cuont", "1", "arithmetic/squares: cuont: unknown field \"cuont\"; did you mean \"count\"?")]
    [InlineData("count", "\"many\"", "arithmetic/squares: count: expected an integer of 1 or more; got \"many\"")]
    public void A_wrong_setting_is_named_with_what_it_takes(string name, string value, string message)
    {
        var experiment = new CountingExperiment();
        var settings = experiment.Settings(ExperimentScale.Short);
        settings[name] = JsonNode.Parse(value);
        Assert.StartsWith(message, Assert.Throws<ConfigException>(() => experiment.Plan(settings, KappaCatalog.Choices)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_has_the_answer_the_tables_and_the_plots_with_gaps_for_what_is_not_finite()
    {
        using var temporary = new TemporaryFolder();
        var experiment = new CountingExperiment();
        var results = ExperimentRuns.Run(experiment, temporary["run"], 1);
        var settings = experiment.Settings(ExperimentScale.Short);
        var findings = experiment.Plan(settings, KappaCatalog.Choices).Conclude(results);
        var environment = RunEnvironment.Describe("kappa reproduce arithmetic/squares", TimeProvider.System);
        var run = new RunPart(temporary["run"]);
        ReportWriter.Write(run, new Report(experiment.FullName, environment, [ExperimentReport.Of(experiment, settings, findings, results)]));
        string html = File.ReadAllText(run.PathOf(ReportWriter.PageName));
        Assert.Contains("3 of 3 squares.", html, StringComparison.Ordinal);
        Assert.Contains("Squares &lt;all&gt;", html, StringComparison.Ordinal);
        Assert.Contains("<td>9.5</td>", html, StringComparison.Ordinal);
        Assert.Contains("\"y\":[1,\"Infinity\"]", html, StringComparison.Ordinal);
        Assert.Contains("&quot;count&quot;: 3", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Experiments_of_the_registry_have_names_of_their_own_and_settings_that_read_back()
    {
        Assert.Equal(
            KappaCatalog.Choices.Of<Experiment>().Count, KappaCatalog.Choices.Of<Experiment>().Select(experiment => experiment.FullName).Distinct().Count());
        foreach (var experiment in KappaCatalog.Choices.Of<Experiment>())
        {
            Assert.NotEmpty(experiment.Plan(experiment.Settings(ExperimentScale.Short), KappaCatalog.Choices).Cells);
            Assert.NotEmpty(experiment.Plan(experiment.Settings(ExperimentScale.Full), KappaCatalog.Choices).Cells);
            // An interruption may leave any of the results out.
            var plan = experiment.Plan(experiment.Settings(ExperimentScale.Short), KappaCatalog.Choices);
            Assert.NotEmpty(plan.Conclude(new CellResults([], plan.Cells.Count)).Headline);
        }
    }
}
