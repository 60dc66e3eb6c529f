using static System.FormattableString;

namespace Kappa.Cli.Display;

/// <summary>Shows a training run: a line that is redrawn on a terminal, a line now and then elsewhere.</summary>
internal sealed class TrainingDisplay(CommandContext context, TrainingConfig config, TrainingData data) : IProgress<TrainingProgress>
{
    // Less is nothing to do anything about; the end says it.
    private const double NotableWait = 0.05;

    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private readonly long _start = context.Clock.GetTimestamp();
    private TimeSpan _shown = TimeSpan.MinValue;

    internal void Begin()
    {
        string size = data.Tokenizer is { } tokenizer ? Invariant($", {tokenizer.VocabularySize} tokens in the vocabulary") : "";
        string training = Invariant($"{data.ExamplesPerEpoch * data.UnitsPerExample:N0} {data.UnitName} to train on");
        string validation = Invariant($"{(long)data.Validation.Count * data.UnitsPerExample:N0} to measure on");
        string few = config.BatchSize > data.Training.Count
            ? Invariant($"; batches of {data.Training.Count:N0} in the place of {config.BatchSize:N0}, since there are no more examples")
            : "";
        context.Output.WriteLine($"{config.Data.Name}: {training}, {validation}{size}{few}");
    }

    public void Report(TrainingProgress value)
    {
        var now = context.Clock.GetElapsedTime(_start);
        if (context.IsTerminal)
        {
            context.Terminal.Write($"\r{VisibleText.Of(LineOf(value))}\u001b[K");
            return;
        }
        if (value.Phase == RunPhase.Training && now >= _shown + LineInterval)
        {
            context.Output.WriteLine(LineOf(value));
            _shown = now;
        }
        else if (_shown == TimeSpan.MinValue)
        {
            _shown = now;
        }
    }

    /// <summary>Ends the line that is redrawn.</summary>
    internal void Break()
    {
        if (context.IsTerminal)
            context.Output.WriteLine();
    }

    internal void End(TrainingResult result)
    {
        Break();
        string amount = Invariant($"{result.Steps:N0} steps, {result.Units:N0} {data.UnitName} ({result.Epochs:0.##} epochs)");
        string time = $"{Figures.Duration(result.Seconds)} ({Figures.Duration(result.ProcessorSeconds)} of processor time)";
        string waited = Invariant($"waited for data {100 * result.DataWait:0.0}% of the time");
        context.Output.WriteLine(Invariant($"{amount}, {result.Parameters:N0} parameters, {time}; {waited}"));
        string measured = $"{result.MetricName} on all validation {(data.Tokenizer is null ? data.UnitName : "text")}";
        context.Output.WriteLine(Invariant($"{measured}: {result.Metric:0.0000} (loss {result.ValidationLoss:0.0000})"));
        foreach (var shifted in result.Shifts ?? [])
        {
            string figures = shifted.Metric is { } metric ? Invariant($"{metric:0.0000} (loss {shifted.Loss:0.0000})") : "the loss is not finite";
            context.Output.WriteLine($"  {shifted}: {figures}");
        }
    }

    private string LineOf(TrainingProgress value)
    {
        string loss = value.TrainingLoss is { } training ? Invariant($"  loss {training:0.000}") : "";
        string metric = value.Metric is { } measured ? Invariant($"  validation {measured:0.000} {data.MetricName}") : "";
        string pace = value.UnitsPerSecond > 0 ? Invariant($"  {value.UnitsPerSecond:N0} {data.UnitName}/s") : "";
        string wait = value.DataWait >= NotableWait ? Invariant($"  {100 * value.DataWait:0}% waiting for data") : "";
        string left = value.SecondsLeft is { } seconds && value.Share < 1 ? $"  {Figures.Duration(seconds)} left" : "";
        string phase = value.Phase == RunPhase.Evaluating ? "  measuring" : "";
        return Invariant($"step {value.Step:N0} ({100 * value.Share:0}%){loss}{metric}{pace}{wait}{left}{phase}");
    }
}
