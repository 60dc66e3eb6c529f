using System.Text.Json.Nodes;
using Kappa.Cli.Display;
using Kappa.Lab.Experiments;
using Kappa.Lab.Reports;
using Kappa.Tensors;

namespace Kappa.Cli;

/// <summary>Runs one experiment from its settings to its report, and shows it.</summary>
internal sealed class ReproductionSession(CommandContext context, CancellationToken cancellation)
{
    internal int Jobs { get; init; } = Environment.ProcessorCount;

    internal int Start(Experiment experiment, JsonObject settings, string? path, bool force)
    {
        // A wrong setting is said before a folder is made.
        var plan = experiment.Plan(settings);
        RequireAvailable(experiment);
        return Run(experiment, plan, ReproductionFolder.Create(experiment, settings, path, force));
    }

    internal int Resume(string path)
    {
        var (folder, experiment, settings) = ReproductionFolder.Open(path, context.Experiments);
        RequireAvailable(experiment);
        if (ComputeInstructions.DifferenceFrom(folder.Instructions) is { } difference)
            context.Error.WriteLine($"warning: {difference}");
        return Run(experiment, experiment.Plan(settings), folder);
    }

    private int Run(Experiment experiment, ExperimentPlan plan, ReproductionFolder folder)
    {
        context.Output.WriteLine($"{experiment.FullName}: {experiment.Summary}\ninto {folder.FolderPath}");
        var board = new ExperimentBoard(plan, context.Clock);
        var runner = new ExperimentRunner(plan, folder);
        var results = BackgroundWork.Show(
            context, () => runner.Run(Jobs, board, cancellation), () => ProgressBar.Of(board.Share(), board.StatusLine()), board.StatusLine);
        if (results.Finished.Count > 0)
        {
            var findings = plan.Conclude(results);
            TextReport.Write(context.Output, findings);
            ReportWriter.Write(folder.ReportFile, new Report(experiment.FullName, context.Environment, [ExperimentReport.Of(folder, experiment, findings, results)]));
        }
        if (cancellation.IsCancellationRequested)
        {
            context.Error.WriteLine($"interrupted with {results.Finished.Count} of {results.Total} done. Continue with:\n  kappa reproduce --resume {CommandContext.Quote(folder.FolderPath)}");
            return ExitCode.Interrupted;
        }
        context.Output.WriteLine($"Report: {Path.GetFullPath(folder.ReportFile)}");
        return ExitCode.Done;
    }

    private static void RequireAvailable(Experiment experiment)
    {
        if (experiment.Unavailable is { } reason)
            throw new UsageException($"{experiment.FullName} cannot run here: {reason}");
    }
}
