using System.Collections.Concurrent;

namespace Kappa.Lab.Watching;

/// <summary>Measures how far runs are, by what is in their folders.</summary>
/// <param name="choices">What configs may name.</param>
internal sealed class RunMeasure(Choices choices)
{
    // The pieces of work that a config asks for, which an experiment plans.
    private readonly ConcurrentDictionary<string, long?> _planned = new(StringComparer.Ordinal);

    /// <summary>How far a run is; null where its folder does not say.</summary>
    /// <exception cref="IOException">A file is damaged, or cannot be read.</exception>
    internal RunProgress? Of(RunManifest manifest, string folder)
    {
        string config = manifest.Config.ToJsonString();
        long? Planned(Func<long?> count) => _planned.GetOrAdd(config, _ => OrNull(count));
        return manifest.Kind switch
        {
            TrainingFolder.Kind => Training(manifest, folder),
            ComparisonFolder.Kind => RunProgress.Count(
                Trials(folder).Count(trial => ShownFolder.HasFile(Path.Combine(trial, "result.json"))),
                Planned(() => ComparisonConfig.Parse(config, choices).Trials().Count), "trials"),
            SweepPlan.Kind => RunProgress.Count(
                Cells(folder).Count(), Planned(() => ConfigText.Parse<SweepConfig>(config, choices).RungTrials.Sum()), "trainings"),
            ExperimentFolder.Kind => RunProgress.Count(Cells(folder).Count(), Planned(() => Pieces(manifest.Config)), "pieces of work"),
            _ => null,
        };
    }

    /// <summary>The folders of a comparison's trials.</summary>
    internal static IEnumerable<string> Trials(string folder) => In(folder, "trials", ShownFolder.FoldersIn);

    /// <summary>The files of an experiment's finished pieces of work, or of a sweep's trainings.</summary>
    internal static IEnumerable<string> Cells(string folder) =>
        In(folder, "cells", ShownFolder.FilesIn).Where(file => Path.GetExtension(file) == ".json");

    private static IEnumerable<string> In(string folder, string name, Func<string, IEnumerable<string>> list)
    {
        string path = Path.Combine(folder, name);
        return ShownFolder.HasFolder(path) ? list(path) : [];
    }

    private static RunProgress? Training(RunManifest manifest, string folder)
    {
        var config = manifest.Config;
        var result = ShownFolder.HasFile(Path.Combine(folder, "result.json")) ? new TrainingFolder(new RunPart(folder)).ReadResult() : null;
        if (result is not null && result.Amendments == manifest.Amendments.Count)
            return new(Figures.Say($"{result.Steps:N0} steps"), 1, IsDone: true);
        string metrics = Path.Combine(folder, "metrics.jsonl");
        var last = ShownFolder.HasFile(metrics) ? MetricsLook.Last<TrainingLine>(metrics) : null;
        int step = last?.Step ?? 0;
        if (Number(config, "steps") is { } steps)
            return RunProgress.Count(step, (long)steps, "steps") with { IsDone = false };
        if (Number(config, "minutes") is not { } minutes)
        {
            if (Number(config, "epochs") is not { } epochs)
                return new(Figures.Say($"step {step:N0}"), null, IsDone: false);
            // Its first line of metrics says how many steps they are.
            return last?.AllSteps is { } total and > 0
                ? RunProgress.Count(step, total, Figures.Say($"steps, {epochs} epochs")) with { IsDone = false }
                : new(Figures.Say($"step {step:N0}, of {epochs} epochs"), null, IsDone: false);
        }
        double done = (last?.Seconds ?? 0) / 60;
        return new(Figures.Say($"{done:0.0} of {minutes} minutes"), Math.Clamp(done / minutes, 0, 1), IsDone: false);
    }

    private long? Pieces(JsonObject config)
    {
        if ((string?)config["experiment"] is not { } name || config["settings"] is not JsonObject settings)
            return null;
        // Data of the user's own would be read.
        return settings[OwnData.Name] is null ? choices.Find<Experiment>(name).Plan(settings, choices).Cells.Count : null;
    }

    private static double? Number(JsonObject config, string name) =>
        config[name] is JsonValue value && value.TryGetValue(out double number) && number > 0 ? number : null;

    /// <summary>Null where a config says what this version does not know.</summary>
    private static long? OrNull(Func<long?> count)
    {
        try
        {
            return count();
        }
        catch (Exception error) when (error is ConfigException or IOException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}
