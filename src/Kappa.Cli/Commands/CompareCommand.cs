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
            Description = "The config, such as run.json (kappa schema prints what it may say), or the folder of an earlier run, to run that again.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = Options.Text("--out", "folder", "The run's folder. Default: runs/<name>-<n> in the current folder.");
        var resume = Options.Resume(": trials that are finished are kept");
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
            + "  kappa compare --resume runs/first          after Ctrl-C or a crash\n\n"
            + "A config:\n"
            + "  {\n"
            + "    \"name\": \"first\",\n"
            + "    \"task\": { \"name\": \"linear-control\" },\n"
            + "    \"optimizers\": [ { \"name\": \"adamw\" }, { \"name\": \"dopr-adamw\" } ],\n"
            + "    \"learningRates\": [0.001, 0.003, 0.01],\n"
            + "    \"seeds\": 3,\n"
            + "    \"steps\": 1000\n"
            + "  }\n\n"
            + "Tasks: see kappa tasks. Optimizers: see kappa optimizers.")
        {
            config, output, resume, force, amend, jobs, new JsonOption(),
        }).Does(parsed =>
        {
            string? resumed = parsed.GetValue(resume), given = parsed.GetValue(config);
            Options.RequireStart(
                "compare", resumed, parsed.GetValue(amend),
                ("a config", given is not null), ("--out", parsed.GetValue(output) is not null), ("--force", parsed.GetValue(force)));
            // The folder of a run says what the config was.
            string path = resumed ?? given!;
            var comparison = resumed is not null || Directory.Exists(path)
                ? ComparisonConfig.ReadRun(path, context.Choices)
                : ComparisonConfig.ReadFile(path, context.Choices);
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
                var request = ComparisonSession.Request(comparison)
                    .Wanted(resumed ?? parsed.GetValue(output), resumed is not null, parsed.GetValue(force), parsed.GetValue(amend));
                using var run = RunFolder.Open(request);
                var (part, finished) = new ComparisonSession(own, atOnce, interruption.Token) { Processes = processes }.Compare(comparison, run);
                if (part is null)
                    return own.Interrupted(run, "compare", $" with {finished} of {comparison.Trials().Count} trials finished");
                own.Show(part.Name, part.Findings, isNamed: true);
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
