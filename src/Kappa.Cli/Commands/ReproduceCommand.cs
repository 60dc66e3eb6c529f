using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa reproduce</c>.</summary>
internal static class ReproduceCommand
{
    internal static Command Create(CommandContext context)
    {
        var name = new Argument<string?>("experiment")
        {
            Description = "paper/figure, such as pathcond/two-moons. Left out: lists all of them.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var full = Options.Flag("--full", "The size of the paper, which takes hours; without it, minutes on two cores.");
        var set = new Option<string[]>("--set")
        {
            Description = "Change a setting, such as --set seeds=10 or --set learningRates=[0.1,0.01]; --show-settings prints them. "
                + "May be given several times.",
            HelpName = "name=value",
            AllowMultipleArgumentsPerToken = true,
        };
        var show = Options.Flag("--show-settings", "Print the settings as JSON, and run nothing.");
        var explain = Options.Flag("--explain-settings", "List the settings, what they mean and take, and run nothing.");
        var output = Options.Text("--out", "folder", "The run's folder. Default: runs/<paper>-<figure>-<n> in the current folder.");
        var resume = Options.Resume(": what it has finished is kept");
        var force = Options.Force();
        var amend = Options.Amend();
        var jobs = Options.Jobs("Pieces of work");
        var device = new DeviceOptions("Where models are trained and measured", hasPrecision: false);
        return device.AddTo(new Command(
            "reproduce",
            "Runs an experiment of one of the four papers, and writes a report with its figures and tables.\n\n"
            + "Examples:\n"
            + "  kappa reproduce                                lists the experiments\n"
            + "  kappa reproduce pathcond/two-moons\n"
            + "  kappa reproduce pathcond/two-moons --full --out runs/moons\n"
            + "  kappa reproduce pathcond/two-moons --set seeds=10\n"
            + "  kappa reproduce --resume runs/moons            after Ctrl-C or a crash")
        {
            name, full, set, show, explain, output, resume, force, amend, jobs, new JsonOption(),
        }).Does(parsed =>
        {
            string? experimentName = parsed.GetValue(name), folder = parsed.GetValue(resume), path = parsed.GetValue(output);
            string[] changes = parsed.GetValue(set) ?? [];
            bool isForced = parsed.GetValue(force), isFull = parsed.GetValue(full);
            Options.RequireStart(
                "reproduce", folder, parsed.GetValue(amend),
                ("the experiment", experimentName is not null || folder is null), ("--full", isFull), ("--set", changes.Length > 0),
                ("--out", path is not null), ("--force", isForced));
            using var interruption = new Interruption(context.Error);
            if (folder is null && experimentName is null)
                return List(context);
            var resumed = folder is null ? null : ExperimentConfig.Read(folder, RunFolder.Read(folder, ExperimentFolder.Kind));
            var experiment = InConfig(folder, () => context.Choices.Find<Experiment>(resumed?.Experiment ?? experimentName!));
            var settings = resumed?.Settings ?? experiment.Settings(isFull ? ExperimentScale.Full : ExperimentScale.Short);
            foreach (string change in changes)
                Apply(change, settings);
            // Paths of the command line are relative to the current folder; those of a run are absolute already.
            settings = InConfig(folder, () => experiment.Resolved(settings, folder ?? Environment.CurrentDirectory, context.Choices));
            if (resumed is null && parsed.GetValue(explain))
            {
                context.WriteSettings(experiment.FullName, experiment.SettingsType, experiment.Read(settings, context.Choices));
                return ExitCode.Done;
            }
            if (resumed is null && parsed.GetValue(show))
            {
                // They are JSON already.
                context.Json = null;
                context.Output.WriteLine(settings.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
                return ExitCode.Done;
            }
            var compute = device.Over(resumed?.Compute ?? new ComputeSettings(), parsed);
            if (compute.Device is { } elsewhere && !experiment.ComputesOnDevices)
                throw new UsageException($"device: {experiment.FullName} computes on the host alone; got {elsewhere}. Leave the device out");
            // That there is no such device is said before a folder is made, too.
            _ = compute.Open();
            var request = new RunRequest(ExperimentFolder.Kind, experiment.FullName, ExperimentFolder.ConfigOf(experiment, settings, compute))
                .Wanted(folder ?? path, folder is not null, isForced, parsed.GetValue(amend));
            // A wrong setting, or a data set that is missing, is said before a folder is made.
            var plan = InConfig(folder, () => experiment.Plan(settings, context.Choices));
            return Job.Run(context, (processes, own) =>
            {
                int atOnce = Job.Jobs(parsed, jobs, processes);
                string config = ExperimentFolder.ConfigOf(experiment, settings, compute).ToJsonString();
                var runner = new ExperimentRunner(plan, compute) { Processes = processes, Config = config };
                if (plan.Unavailable is { } reason)
                    throw new UsageException($"{experiment.FullName} cannot run here: {reason}");
                if (processes.Rank == 0)
                    return Run(own, experiment, settings, plan, request, runner, atOnce, interruption.Token);
                runner.Join(atOnce, interruption.Token);
                return interruption.Token.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;
            });
        });
    }

    private static int Run(
        CommandContext context, Experiment experiment, JsonObject settings, ExperimentPlan plan, RunRequest request, ExperimentRunner runner, int jobs,
        CancellationToken cancellation)
    {
        using var run = RunFolder.Open(request);
        var board = new ExperimentBoard(plan, context.Clock);
        try
        {
            if (BackgroundWork.Run(() => runner.Estimate(run, jobs, cancellation), cancellation) is { } estimate)
                context.Error.WriteLine(estimate);
            var results = BackgroundWork.Show(
                context, () => runner.Run(run, jobs, board, cancellation), () => ProgressBar.Of(board.Share(), board.StatusLine()), board.StatusLine,
                cancellation, BackgroundWork.ShortPatience);
            context.Say(run);
            cancellation.ThrowIfCancellationRequested();
            var part = context.WriteReport(
                run, experiment.FullName, () => ExperimentReport.Of(experiment, settings, plan.Conclude(results), results), cancellation);
            context.Show(part.Name, part.Findings);
            return context.Done(run);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            var finished = runner.Finished(new ExperimentFolder(run));
            return context.Interrupted(run, "reproduce", $" with {finished.Finished.Count} of {finished.Total} done");
        }
    }

    /// <summary>Says of what is wrong in the config of a run which file it is in.</summary>
    private static T InConfig<T>(string? folder, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ConfigException error) when (folder is not null)
        {
            throw new ConfigException($"{Path.Combine(folder, "config.json")}: {error.Message}");
        }
    }

    private static int List(CommandContext context)
    {
        var experiments = context.Choices.Of<Experiment>();
        int width = experiments.Max(experiment => (int?)experiment.FullName.Length) ?? 0;
        foreach (var experiment in experiments)
        {
            context.Output.WriteLine($"{experiment.FullName.PadRight(width)}  {experiment.Summary}");
            if (experiment.Unavailable is { } reason)
                context.Output.WriteLine($"{new string(' ', width)}  Not on this machine: {reason}");
        }
        context.Record("experiments", new FindingTable(
            ["experiment", "summary", "not on this machine"],
            [.. experiments.Select(experiment => new[] { experiment.FullName, experiment.Summary, experiment.Unavailable ?? "" })]));
        context.Output.WriteLine("\nRun one with kappa reproduce <name>; --full for the size of the paper.");
        return ExitCode.Done;
    }

    private static void Apply(string change, JsonObject settings)
    {
        if (change.Split('=', 2) is not [{ Length: > 0 } name, var text])
            throw new UsageException($"--set: expected name=value, such as seeds=10; got {change}");
        settings[name] = ValueOf(text);
    }

    /// <summary>JSON where it is JSON, such as a number or a list; a string otherwise.</summary>
    private static JsonNode? ValueOf(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return JsonValue.Create(text);
        }
    }
}
