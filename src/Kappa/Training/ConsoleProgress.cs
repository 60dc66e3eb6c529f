using System.Globalization;
using System.Text;

namespace Kappa.Training;

/// <summary>Shows on standard error how a training goes on: a line for each evaluation, and on a terminal, after two seconds, one that changes.</summary>
public sealed class ConsoleProgress : IProgress<TrainerProgress>
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private readonly TextWriter _writer;
    private readonly bool _isTerminal;
    private readonly TimeProvider _clock;
    private long? _start;
    private int _shown;

    /// <summary>Writes to standard error.</summary>
    public ConsoleProgress()
        : this(Console.Error, !Console.IsErrorRedirected, TimeProvider.System)
    {
    }

    internal ConsoleProgress(TextWriter writer, bool isTerminal, TimeProvider clock) => (_writer, _isTerminal, _clock) = (writer, isTerminal, clock);

    /// <inheritdoc/>
    public void Report(TrainerProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _start ??= _clock.GetTimestamp();
        if (value.Evaluated is { } record)
        {
            Overwrite("");
            _writer.WriteLine(Line(record, value));
            _shown = 0;
        }
        else if (_isTerminal && _clock.GetElapsedTime(_start.Value) >= Quiet)
        {
            Overwrite(Line(value));
        }
    }

    private static string Line(TrainingRecord record, TrainerProgress value)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"epoch {record.Epoch,6:F2}  step {record.Step,7}/{value.Steps}");
        if (record.TrainingLoss is { } training)
            line.Append(CultureInfo.InvariantCulture, $"  loss {training:G5}");
        if (record.ValidationLoss is { } loss)
            line.Append(CultureInfo.InvariantCulture, $"  validation {loss:G5}");
        foreach (var (name, figure) in record.Metrics)
            line.Append(CultureInfo.InvariantCulture, $"  {name} {figure:G5}");
        if (record.IsBest)
            line.Append("  best");
        return line.ToString();
    }

    private static string Line(TrainerProgress value)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"epoch {value.Epoch:F2}  step {value.Step}/{value.Steps}");
        if (value.Loss is { } loss)
            line.Append(CultureInfo.InvariantCulture, $"  loss {loss:G5}");
        if (value.IsEvaluating)
            line.Append("  evaluating");
        if (value.ExamplesPerSecond is { } rate)
            line.Append(CultureInfo.InvariantCulture, $"  {rate:N0} examples/s");
        if (value.SecondsLeft is { } left)
            line.Append(CultureInfo.InvariantCulture, $"  {TimeSpan.FromSeconds(Math.Ceiling(left)):g} left");
        line.Append(CultureInfo.InvariantCulture, $"  data wait {value.DataWait:P0}");
        return line.ToString();
    }

    private void Overwrite(string line)
    {
        if (_shown > 0 || line.Length > 0)
            _writer.Write($"\r{line.PadRight(_shown)}{(line.Length == 0 ? "\r" : "")}");
        _shown = line.Length;
    }
}
