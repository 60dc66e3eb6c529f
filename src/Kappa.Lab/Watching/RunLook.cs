namespace Kappa.Lab.Watching;

/// <summary>Looks at folders and writes nothing, whatever they hold.</summary>
/// <param name="choices">What configs may name.</param>
internal sealed class RunLook(Choices choices)
{
    // What commands write into a folder of findings, which is no run.
    private static readonly (string File, string Kind)[] Marks =
        [(ProbeReport.NumbersName, "probe"), (DiagnosisReport.NumbersName, "diagnose"), (ReportWriter.PageName, "report")];

    private readonly RunMeasure _measure = new(choices);

    /// <summary>The run, or the findings, of a folder; null where there are none.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="place">The same, relative to what is shown.</param>
    internal RunView? At(string path, string place)
    {
        string manifest = RunManifest.PathIn(path);
        bool hasReport = ShownFolder.HasFile(Path.Combine(path, ReportWriter.PageName)), isRun = ShownFolder.HasFile(manifest);
        string name = Path.GetFileName(path);
        if (isRun)
            return Seen(new RunView(place, "", name, RunState.Interrupted, File.GetLastWriteTime(manifest)) { HasReport = hasReport }, path);
        return !hasReport ? null
            : new RunView(
                place, Marks.First(mark => ShownFolder.HasFile(Path.Combine(path, mark.File))).Kind, name, RunState.Finished,
                File.GetLastWriteTime(Path.Combine(path, ReportWriter.PageName))) { HasReport = true };
    }

    private RunView Seen(RunView view, string path)
    {
        try
        {
            var manifest = RunManifest.Read(path);
            view = view with { Kind = manifest.Kind, Name = NameOf(manifest) ?? view.Name, Manifest = manifest };
            var progress = _measure.Of(manifest, path);
            return view with
            {
                Progress = progress,
                State = RunLock.IsHeld(path) ? RunState.Running
                    : view.HasReport && progress?.IsDone != false ? RunState.Finished
                    : RunState.Interrupted,
            };
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException and not DamagedFileException)
        {
            return view with { State = RunState.Unreadable, Fault = error.Message };
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever else a folder holds, the others are shown.
            return view with { State = RunState.Damaged, Fault = error.Message };
        }
    }

    private static string? NameOf(RunManifest manifest) =>
        (manifest.Config["name"] ?? manifest.Config["experiment"]) is JsonValue name && name.TryGetValue(out string? text) ? text : null;
}
