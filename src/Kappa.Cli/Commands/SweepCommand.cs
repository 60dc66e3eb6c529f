using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa sweep</c>.</summary>
internal static class SweepCommand
{
    internal static Command Create(CommandContext context)
    {
        var config = new Argument<string?>("config")
        {
            Description = "The config, such as sweep.json (kappa schema sweep prints what it may say).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = Options.Text("--out", "folder", "The run's folder. Default: runs/<name>-<n> in the current folder.");
        var resume = Options.Resume(": what it has finished is kept");
        var force = Options.Force();
        var jobs = Options.Jobs();
        return new Command(
            "sweep",
            "Searches the fields of a training for the values that validate best, at random or by successive halving, and writes a report.\n\n"
            + "Examples:\n"
            + "  kappa sweep sweep.json\n"
            + "  kappa sweep sweep.json --jobs 2 --out runs/first-1\n"
            + "  kappa sweep --resume runs/first-1            after Ctrl-C or a crash\n\n"
            + "A config:\n"
            + "  {\n"
            + "    \"name\": \"first\",\n"
            + "    \"train\": { \"name\": \"digits\", \"data\": { \"name\": \"handwritten-digits\" }, \"model\": { \"name\": \"mlp\" },\n"
            + "               \"optimizer\": { \"name\": \"adamw\", \"learningRate\": 0.001 }, \"steps\": 900 },\n"
            + "    \"search\": { \"optimizer.learningRate\": { \"from\": 1e-4, \"to\": 0.1, \"scale\": \"log\" },\n"
            + "                \"optimizer.weightDecay\": { \"values\": [0, 0.01, 0.1] } },\n"
            + "    \"trials\": 27,\n"
            + "    \"method\": \"halving\"\n"
            + "  }\n\n"
            + "Any number of the training's config may be searched, but for those of its data.")
        {
            config, output, resume, force, jobs, new JsonOption(),
        }.Does(parsed =>
        {
            string? file = parsed.GetValue(config), folder = parsed.GetValue(resume);
            Options.RequireStart(
                "sweep", folder, isAmended: false,
                ("a config", file is not null), ("--out", parsed.GetValue(output) is not null), ("--force", parsed.GetValue(force)));
            using var interruption = new Interruption(context.Error);
            var sweep = folder is null ? SweepConfig.ReadFile(file!, context.Choices) : SweepConfig.ReadRun(folder, context.Choices);
            var request = new RunRequest(SweepPlan.Kind, sweep.Name, SettingsOf<SweepConfig>.Write(sweep));
            using var run = RunFolder.Open(
                request.Wanted(folder ?? parsed.GetValue(output), folder is not null, parsed.GetValue(force), isAmended: false));
            return Run(context, sweep, run, parsed.GetValue(jobs), interruption.Token);
        });
    }

    private static int Run(CommandContext context, SweepConfig config, RunFolder run, int jobs, CancellationToken cancellation)
    {
        try
        {
            var reading = new ReadingBoard(context.Clock);
            var data = BackgroundWork.Watch(
                context, () => TrainingRunner.LoadData(config.Train, run, reading, cancellation), reading.StatusLine, context.Output, cancellation);
            var plan = new SweepPlan(config, context.Choices, data);
            var identity = TrainingRunner.IdentityOf(config.Train, data, run);
            var finished = new List<CellResults>();
            ExperimentPlan rung = null!;
            for (int i = 0; i < plan.Rungs; i++)
            {
                rung = plan.Rung(i, finished) with { Data = identity };
                var (board, runner) = (new ExperimentBoard(rung, context.Clock), new ExperimentRunner(rung));
                finished.Add(BackgroundWork.Show(
                    context, () => runner.Run(run, jobs, board, cancellation), () => ProgressBar.Of(board.Share(), board.StatusLine()), board.StatusLine,
                    cancellation, BackgroundWork.ShortPatience));
                if (i == 0)
                    context.Say(run);
                cancellation.ThrowIfCancellationRequested();
            }
            var part = context.WriteReport(
                run, config.Name,
                () => new ReportPart(config.Name, Summary(config), rung.Conclude(finished[^1]), run.Manifest.Config.ToJsonString()), cancellation);
            context.Show(part.Name, part.Findings);
            return context.Done(run);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return context.Interrupted(run, "sweep");
        }
    }

    private static string Summary(SweepConfig config) =>
        $"{config.Train.Model.Name} on {config.Train.Data.Name} by {config.Train.Optimizer.Title}: {config.Trials} trials, {config.Method} search.";
}
