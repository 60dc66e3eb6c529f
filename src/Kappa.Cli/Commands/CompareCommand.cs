using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa compare</c>.</summary>
internal static class CompareCommand
{
    // Each takes a thread and the memory of a model.
    private const int MostJobs = 1024;

    internal static Command Create(CommandContext context)
    {
        var config = new Argument<string>("config") { Description = "The config, such as run.json (kappa schema prints what it may say), or the folder of an earlier run." };
        var output = new Option<string?>("--out") { Description = "The run's folder. Default: runs/<name>-<n> in the current folder.", HelpName = "folder" };
        var resume = new Option<bool>("--resume") { Description = "Continue an interrupted run; by default the last one of that name." };
        var force = new Option<bool>("--force") { Description = "Start over in a folder that holds a run already." };
        var jobs = JobsOption();
        var amend = RunOptions.Amend();
        var command = new Command(
            "compare",
            "Trains every optimizer of a config at every learning rate and seed, deploys each trained model, and writes a report.\n\n"
            + "Examples:\n"
            + "  kappa compare run.json\n"
            + "  kappa compare run.json --jobs 4 --out runs/first\n"
            + "  kappa compare run.json --resume            after Ctrl-C or a crash\n"
            + "  kappa compare runs/first --resume          the same, from the folder")
        {
            config, output, resume, force, amend, jobs,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(resume) && parsed.GetValue(force))
                throw new UsageException("--resume continues a run and --force starts it over; give one of them");
            if (!parsed.GetValue(resume) && parsed.GetValue(amend))
                throw new UsageException(RunOptions.AmendAlone);
            var mode = parsed.GetValue(resume) ? RunFolderMode.Resume : parsed.GetValue(force) ? RunFolderMode.Force : RunFolderMode.Fresh;
            (string file, string? folder) = Locate(parsed.GetRequiredValue(config), parsed.GetValue(output));
            var comparison = ComparisonConfig.ReadFile(file, context.Choices);
            using var interruption = new Interruption(context.Error);
            var session = new ComparisonSession(context, interruption.Token) { Jobs = parsed.GetValue(jobs) };
            string ResumeCommand(string path) => $"kappa compare {CommandContext.Quote(parsed.GetRequiredValue(config))} --out {CommandContext.Quote(path)} --resume";
            return session.Run(comparison, folder, mode, parsed.GetValue(amend), ResumeCommand);
        });
        return command;
    }

    internal static Option<int> JobsOption()
    {
        var jobs = new Option<int>("--jobs")
        {
            Description = "Trials to run at once. Results do not depend on it.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
            HelpName = "count",
        };
        jobs.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => int.TryParse(token.Value, out int count) && count > MostJobs))
                result.AddError($"--jobs: expected at most {MostJobs}; got {string.Join(' ', result.Tokens.Select(token => token.Value))}");
            else if (!result.Tokens.Any(token => int.TryParse(token.Value, out int count) && count >= 1) && !result.Implicit)
                result.AddError($"--jobs: expected an integer of 1 or more; got {string.Join(' ', result.Tokens.Select(token => token.Value))}");
        });
        return jobs;
    }

    private static (string File, string? Folder) Locate(string path, string? output) =>
        Directory.Exists(path) ? (Path.Combine(path, "config.json"), output ?? path) : (path, output);
}
