namespace Kappa.Lab.Runs;

/// <summary>TensorBoard's event file of a run, made from the lines of its metrics: begun anew when the run begins or resumes, then appended, so that
/// TensorBoard can look on and no step is there twice.</summary>
internal sealed class EventLog : IDisposable
{
    private readonly FileStream _file;
    private readonly DateTimeOffset _start;

    /// <param name="path">The file; what was in it is gone.</param>
    /// <param name="start">When the run would have begun, had it not been interrupted.</param>
    internal EventLog(string path, DateTimeOffset start)
    {
        _start = start;
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete);
        _file.Write(EventRecords.Header(start));
    }

    /// <summary>Appends what a line of the metrics says in numbers; nothing where it says none.</summary>
    internal void Append(int step, double seconds, IReadOnlyList<(string Tag, double Value)> scalars)
    {
        if (scalars.Count == 0)
            return;
        _file.Write(EventRecords.Of(_start.AddSeconds(seconds), step, scalars));
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();
}
