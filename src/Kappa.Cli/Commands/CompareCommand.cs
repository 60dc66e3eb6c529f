using System.CommandLine;
using Kappa.Mpi;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa compare</c>.</summary>
internal static class CompareCommand
{
    internal static Command Create(CommandContext context)
    {
        var config = new Argument<string?>("config")
        {
            Description = "The config, such as run.json (kappa schema prints what it may say), or the folder of an earlier run.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = Options.Text("--out", "folder", "The run's folder. Default: runs/<name>-<n> in the current folder.");
        var resume = Options.Text("--resume", "folder", "Continue the run in this folder; without one, the last of the config's name.");
        resume.Arity = ArgumentArity.ZeroOrOne;
        var force = Options.Force();
        var amend = Options.Amend();
        var jobs = Options.Jobs();
        var device = new DeviceOptions("Where models are trained and deployed", hasPrecision: true);
        return device.AddTo(new Command(
            "compare",
            "Trains every optimizer of a config at every learning rate and seed, deploys each trained model, and writes a report.\n\n"
            + "Examples:\n"
            + "  kappa compare run.json\n"
            + "  kappa compare run.json --jobs 4 --out runs/first\n"
            + "  kappa compare --resume runs/first          after Ctrl-C or a crash\n"
            + "  kappa compare run.json --resume            the same, of the last run of that config's name")
        {
            config, output, resume, force, amend, jobs,
        }).Does(parsed =>
        {
            bool isResumed = parsed.GetResult(resume) is { Implicit: false };
            if (isResumed && parsed.GetValue(force))
                throw new UsageException("--resume continues a run and --force starts it over; give one of them");
            if (!isResumed && parsed.GetValue(amend))
                throw new UsageException(Options.AmendAlone);
            // The folder of a run says what the config was.
            string path = parsed.GetValue(config) ?? parsed.GetValue(resume)
                ?? throw new UsageException("compare: expected a config, such as run.json, or --resume and the folder of a run; got neither");
            bool isFolder = Directory.Exists(path);
            var comparison = isFolder ? ComparisonConfig.ReadRun(path, context.Choices) : ComparisonConfig.ReadFile(path, context.Choices);
            comparison = comparison with { Compute = device.Over(comparison.Compute, parsed) };
            // That there is no such device is said before the task is prepared.
            _ = comparison.Compute.Open();
            return Job.Run(context, (processes, own) =>
            {
                using var interruption = new Interruption(own.Error);
                if (comparison.Task.Kind.Unavailable is { } reason)
                    throw new UsageException($"the task {comparison.Task.Name} cannot run here: {reason}");
                int atOnce = Job.Jobs(parsed, jobs, processes);
                if (processes.Rank > 0)
                    return Join(processes, comparison, atOnce, interruption.Token);
                string? folder = parsed.GetValue(output) ?? (parsed.GetValue(config) is null ? null : parsed.GetValue(resume)) ?? (isFolder ? path : null);
                var request = ComparisonSession.Request(comparison).Wanted(folder, isResumed, parsed.GetValue(force), parsed.GetValue(amend));
                using var run = RunFolder.Open(request);
                var (part, finished) = new ComparisonSession(own, atOnce, interruption.Token) { Processes = processes }.Compare(comparison, run);
                if (part is null)
                {
                    string command = $"kappa compare {CommandContext.Quote(path)} --out {CommandContext.Quote(run.FolderPath)} --resume";
                    own.Error.WriteLine($"interrupted with {finished} of {comparison.Trials().Count} trials finished. Continue with:\n  {command}");
                    return ExitCode.Interrupted;
                }
                TextReport.Write(own.Output, part.Findings, part.Name);
                return own.Done(run);
            });
        });
    }

    /// <summary>Runs trials of the run that the first process has opened.</summary>
    private static int Join(Communicator processes, ComparisonConfig config, int jobs, CancellationToken cancellation)
    {
        var (task, settings, _) = config.Task;
        new ComparisonRunner(config, task.Prepare(settings, null, cancellation)) { Processes = processes }.Join(jobs, cancellation);
        return cancellation.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Done;
    }
}
