using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa reproduce</c>.</summary>
internal static class ReproduceCommand
{
    internal static Command Create(CommandContext context)
    {
        var name = new Argument<string?>("experiment") { Description = "paper/figure, such as pathcond/two-moons. Left out: lists all of them.", Arity = ArgumentArity.ZeroOrOne };
        var full = new Option<bool>("--full") { Description = "The size of the paper, which takes hours; without it, minutes on two cores." };
        var set = new Option<string[]>("--set")
        {
            Description = "Change a setting, such as --set seeds=10 or --set learningRates=[0.1,0.01]; --show-settings prints them. May be given several times.",
            HelpName = "name=value",
            AllowMultipleArgumentsPerToken = true,
        };
        var show = new Option<bool>("--show-settings") { Description = "Print the settings as JSON, and run nothing." };
        var explain = new Option<bool>("--explain-settings") { Description = "List the settings, what they mean and take, and run nothing." };
        var output = new Option<string?>("--out") { Description = "The run's folder. Default: runs/<paper>-<figure>-<n> in the current folder.", HelpName = "folder" };
        var resume = new Option<string?>("--resume") { Description = "Continue the run in this folder: what it has finished is kept.", HelpName = "folder" };
        var force = new Option<bool>("--force") { Description = "Start over in a folder that holds a run already." };
        var jobs = CompareCommand.JobsOption();
        jobs.Description = "Pieces of work at once. Results do not depend on it.";
        var amend = RunOptions.Amend();
        var command = new Command(
            "reproduce",
            "Runs an experiment of one of the four papers, and writes a report with its figures and tables.\n\n"
            + "Examples:\n"
            + "  kappa reproduce                                lists the experiments\n"
            + "  kappa reproduce pathcond/two-moons\n"
            + "  kappa reproduce pathcond/two-moons --full --out runs/moons\n"
            + "  kappa reproduce pathcond/two-moons --set seeds=10\n"
            + "  kappa reproduce --resume runs/moons            after Ctrl-C or a crash")
        {
            name, full, set, show, explain, output, resume, force, amend, jobs,
        };
        command.SetAction(parsed =>
        {
            string? experimentName = parsed.GetValue(name), folder = parsed.GetValue(resume);
            string[] changes = parsed.GetValue(set) ?? [];
            if (folder is not null && (experimentName is not null || parsed.GetValue(output) is not null || parsed.GetValue(force) || parsed.GetValue(full) || changes.Length > 0))
                throw new UsageException("--resume takes everything else from the run's folder; give the folder alone");
            if (folder is null && parsed.GetValue(amend))
                throw new UsageException(RunOptions.AmendAlone);
            using var interruption = new Interruption(context.Error);
            var session = new ReproductionSession(context, interruption.Token) { Jobs = parsed.GetValue(jobs) };
            if (folder is not null)
                return session.Resume(folder, parsed.GetValue(amend));
            if (experimentName is null)
                return List(context);
            var experiment = context.Choices.Find<Experiment>(experimentName);
            var settings = experiment.Settings(parsed.GetValue(full) ? ExperimentScale.Full : ExperimentScale.Short);
            foreach (string change in changes)
                Apply(change, settings);
            if (parsed.GetValue(explain))
            {
                context.WriteSettings(experiment.SettingsType, experiment.Read(settings, context.Choices));
                return ExitCode.Done;
            }
            if (!parsed.GetValue(show))
                return session.Start(experiment, settings, parsed.GetValue(output), parsed.GetValue(force));
            context.Output.WriteLine(settings.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            return ExitCode.Done;
        });
        return command;
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
