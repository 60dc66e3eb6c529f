using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments;

/// <summary>What experiments are run with.</summary>
internal static class ExperimentRuns
{
    /// <summary>Runs an experiment in a folder; at the size of minutes where no settings are given.</summary>
    internal static CellResults Run(
        Experiment experiment, string path, int jobs, JsonObject? settings = null, RunFolderMode mode = RunFolderMode.Fresh,
        IProgress<ExperimentProgress>? progress = null, CancellationToken cancellation = default)
    {
        settings ??= experiment.Settings(ExperimentScale.Short);
        using var run = RunFolder.Open(new RunRequest(ExperimentFolder.Kind, experiment.FullName, ExperimentFolder.ConfigOf(experiment, settings))
        {
            Path = path,
            Mode = mode,
        });
        return new ExperimentRunner(experiment.Plan(settings, KappaCatalog.Choices)).Run(run, jobs, progress, cancellation);
    }

    /// <summary>What one cell has of its run, in a folder of its own; what was prepared is there too where nothing else is said.</summary>
    internal static CellContext Context(string folder, CancellationToken cancellation = default, Action<double>? report = null, string? prepared = null) =>
        new(new RunPart(folder), new RunPart(prepared ?? folder), 2, cancellation, report ?? (_ => { }));
}
