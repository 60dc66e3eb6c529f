namespace Kappa.Lab.Studies.Train;

/// <summary>Takes the lines of a training run: <c>metrics.jsonl</c>, and TensorBoard's event file where it is asked for.</summary>
/// <param name="metrics">The lines in full, which the run goes by.</param>
/// <param name="events">What TensorBoard reads; null for none.</param>
internal sealed class TrainingLog(MetricsLog metrics, EventLog? events) : IDisposable
{
    internal int Lines => metrics.Lines;

    /// <inheritdoc cref="MetricsLog.Mark"/>
    internal MetricsMark Mark => metrics.Mark;

    internal void Append(TrainingLine line)
    {
        metrics.Append(line);
        events?.Append(line.Step, line.Seconds, TrainingScalars.Of(line));
    }

    /// <inheritdoc cref="MetricsLog.FlushToDisk"/>
    internal void FlushToDisk() => metrics.FlushToDisk();

    public void Dispose()
    {
        metrics.Dispose();
        events?.Dispose();
    }
}
