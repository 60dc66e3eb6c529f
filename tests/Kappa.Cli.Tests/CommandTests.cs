using System.Text.Json;

namespace Kappa.Cli.Tests;

public sealed class CommandTests
{
    [Fact]
    public void Help_calls_the_program_kappa()
    {
        var run = CommandRun.Of("compare", "--help");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("kappa compare [<config>] [options]", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_writes_the_run_folder_and_ends_with_a_summary_and_the_path_of_the_report()
    {
        using var folder = new TemporaryFolder();
        var run = CommandRun.Of("compare", SmallConfig.WriteTo(folder), "--out", folder["run"], "--jobs", "2");
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("4 of 4 trials finished (100%)", run.Output, StringComparison.Ordinal);
        Assert.Contains("DoPr-Muon", run.Output, StringComparison.Ordinal);
        Assert.EndsWith($"Report: {folder["run/report.html"]}\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(
            [".kappa-lock", "config.json", "report.html", "report.json", "run.json", "summary.json", "trials"],
            Directory.GetFileSystemEntries(folder["run"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["adamw-lr0.003-seed0", "adamw-lr0.003-seed1", "dopr-muon-lr0.003-seed0", "dopr-muon-lr0.003-seed1"],
            Directory.GetDirectories(folder["run/trials"]).Select(Path.GetFileName).Order());
        Assert.Equal(
            ["checkpoints", "metrics.jsonl", "result.json"],
            Directory.GetFileSystemEntries(folder["run/trials/adamw-lr0.003-seed0"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_folder_in_use_is_refused_resumed_or_started_over_as_told()
    {
        using var folder = new TemporaryFolder();
        string config = SmallConfig.WriteTo(folder);
        Assert.Equal(0, CommandRun.Of("compare", config, "--out", folder["run"]).ExitCode);
        var again = CommandRun.Of("compare", config, "--out", folder["run"]);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("already holds this run. --resume continues it", again.Error, StringComparison.Ordinal);
        // As where the process was killed before it was written.
        File.Delete(folder["run/config.json"]);
        Assert.Equal(0, CommandRun.Of("compare", "--resume", folder["run"]).ExitCode);
        // The config of a run is one to begin with.
        Assert.Equal(0, CommandRun.Of("compare", folder["run"], "--out", folder["again"]).ExitCode);
        var force = CommandRun.Of("compare", config, "--out", folder["run"], "--force");
        Assert.Equal((0, ""), (force.ExitCode, force.Error));
        Assert.Contains($"small: 4 trials into {folder["run"]}\n", force.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_config_is_bad_usage_with_the_file_the_path_and_the_nearest_name_and_no_stack_trace()
    {
        using var folder = new TemporaryFolder();
        string config = SmallConfig.WriteTo(folder, SmallConfig.Json.Replace("adamw", "adamv", StringComparison.Ordinal));
        var run = CommandRun.Of("compare", config);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            $"error: {config}: optimizers[0].name: unknown optimizer \"adamv\"; did you mean \"adamw\"? Valid: sgd, signum, adamw, muon, adamuon, adamo, "
            + "muono, dopr-sgd, dopr-signum, dopr-adamw, dopr-muon, dopr-adamuon, dopr-adamo, dopr-muono\n",
            run.Error);
        Assert.Contains("   at Kappa", CommandRun.Of("compare", config, "--verbose").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_the_model_shows_to_be_wrong_is_found_before_anything_runs()
    {
        using var folder = new TemporaryFolder();
        string config = SmallConfig.WriteTo(folder, SmallConfig.Json.Replace(", \"matrices\": \"all\"", "", StringComparison.Ordinal));
        var run = CommandRun.Of("compare", config, "--out", folder["run"]);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("error: optimizers[1] (DoPr-Muon): ", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run/trials/adamw-lr0.003-seed0"]));
    }

    [Theory]
    [InlineData(
        "error: unknown command \"compar\"; did you mean \"compare\"? Valid: demo, compare, train, sweep, generate, predict, diagnose, probe, "
        + "rescale, import, export, bench, reproduce, report, serve, optimizers, tasks, data, devices, results, schema, completion\n"
        + "kappa --help shows what it takes.\n",
        "compar", "run.json")]
    [InlineData(
        "error: unknown option \"--reusme\"; did you mean \"--resume\"? Valid: --out, --resume, --force, --amend, --jobs, --json, --device, --precision, "
        + "--help, --verbose, --threads\nkappa compare --help shows what it takes.\n",
        "compare", "run.json", "--reusme")]
    [InlineData("error: --jobs: expected an integer of 1 or more; got 0\nkappa compare --help shows what it takes.\n", "compare", "run.json", "--jobs", "0")]
    [InlineData("error: unexpected argument \"extra\"\nkappa tasks --help shows what it takes.\n", "tasks", "extra")]
    public void Bad_usage_exits_with_2_and_says_what_was_meant(string error, params string[] arguments)
    {
        var run = CommandRun.Of(arguments);
        Assert.Equal((2, error), (run.ExitCode, run.Error));
    }

    [Fact]
    public void Without_a_command_the_help_is_shown()
    {
        var run = CommandRun.Of();
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("kappa --help", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo", "kappa demo --quick")]
    [InlineData("compare", "kappa compare --resume runs/first")]
    [InlineData("optimizers", "\"dopr-adamw\"")]
    [InlineData("tasks", "\"linear-control\"")]
    [InlineData("train", "kappa train --resume runs/first")]
    [InlineData("generate", "kappa generate runs/brown-characters-1 --prompt")]
    [InlineData("probe", "kappa probe runs/brown-characters-1 --top 20")]
    [InlineData("report", "kappa report runs/fashion-1 --out paper")]
    [InlineData("schema", "kappa schema > run.schema.json")]
    [InlineData("serve", "kappa serve runs/first-1 --port 0")]
    public void Each_command_has_a_help_with_an_example(string command, string example)
    {
        var run = CommandRun.Of(command, "--help");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(example, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Listings_show_every_optimizer_and_task_with_its_settings()
    {
        var optimizers = CommandRun.Of("optimizers");
        Assert.All(["sgd", "dopr-muon", "weightDecay = 0.01", "gamma = 0.1"], part => Assert.Contains(part, optimizers.Output, StringComparison.Ordinal));
        var tasks = CommandRun.Of("tasks");
        Assert.All(KappaCatalog.Choices.Of<LabTask>(), task => Assert.Contains(task.Name, tasks.Output, StringComparison.Ordinal));
        Assert.Contains("condition = 10000", tasks.Output, StringComparison.Ordinal);
        using var schema = JsonDocument.Parse(CommandRun.Of("schema").Output);
        Assert.Equal("Kappa comparison", schema.RootElement.GetProperty("title").GetString());
    }

    [Fact]
    public void The_version_is_that_of_the_build() => Assert.StartsWith("0.2.0\n", CommandRun.Of("--version").Output, StringComparison.Ordinal);

    [Fact]
    public void The_demo_runs_every_part_that_the_machine_can_run_into_one_report()
    {
        using var folder = new TemporaryFolder();
        // The humanoid is left to the continuous integration's run of the demo, since it takes longer than all these tests.
        var run = CommandRun.With(
            KappaCatalog.Choices.With<LabTask>([KappaCatalog.Choices.Find<LabTask>("linear-control")]), "demo", "--quick", "--out", folder["demo"]);
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"Report: {folder["demo/report.html"]}\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("closed-loop cost", File.ReadAllText(folder["demo/report.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_demo_says_which_part_is_left_out_and_why()
    {
        using var folder = new TemporaryFolder();
        var run = CommandRun.With(KappaCatalog.Choices.With<LabTask>([new AbsentTask()]), "demo", "--quick", "--out", folder["demo"]);
        Assert.Contains("The part on linear-control is left out: install libexample.\n", run.Output, StringComparison.Ordinal);
        var compare = CommandRun.With(
            KappaCatalog.Choices.With<LabTask>([new AbsentTask()]), "compare",
            SmallConfig.WriteTo(folder, """{"name": "x", "task": {"name": "linear-control"}, "optimizers": [{"name": "sgd"}]}"""));
        Assert.Equal((2, "error: the task linear-control cannot run here: install libexample.\n"), (compare.ExitCode, compare.Error));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_a_failure_and_not_a_crash()
    {
        using var folder = new TemporaryFolder();
        string config = SmallConfig.WriteTo(folder);
        File.WriteAllText(folder["file"], "");
        var run = CommandRun.Of("compare", config, "--out", folder["file/run"]);
        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private sealed class AbsentTask : LabTask
    {
        public override string Name => "linear-control";

        public override string Summary => "Never there.";

        public override SettingsType SettingsType => SettingsType.Of(typeof(NoSettings));

        public override string? Unavailable => "install libexample.";

        protected override PreparedTask PrepareCore(object settings, IProgress<double>? progress, CancellationToken cancellation) =>
            throw new InvalidOperationException();
    }
}
