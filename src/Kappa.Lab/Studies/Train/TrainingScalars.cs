namespace Kappa.Lab.Studies.Train;

/// <summary>Lines of the metrics as TensorBoard's scalars.</summary>
internal static class TrainingScalars
{
    /// <summary>The numbers of a line, by tags whose first part TensorBoard groups by.</summary>
    internal static IReadOnlyList<(string Tag, double Value)> Of(TrainingLine line)
    {
        (string Tag, double? Value)[] all =
        [
            ("loss/training", line.TrainingLoss), ("loss/validation", line.ValidationLoss), ("bits per character/validation", line.BitsPerCharacter),
            ("accuracy/validation", line.Accuracy), ("gradient norm", line.GradientNorm), ("learning rate", line.LearningRate),
            .. line.Figures?.Select(figure => ($"{figure.Key}/validation", (double?)figure.Value)) ?? [],
        ];
        return [.. all.Where(one => one.Value is not null).Select(one => (one.Tag, one.Value!.Value))];
    }

    /// <summary>An event file of all lines.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="end">When the run ended.</param>
    internal static byte[] File(IReadOnlyList<TrainingLine> lines, DateTimeOffset end)
    {
        var start = end.AddSeconds(-lines.Select(line => line.Seconds).DefaultIfEmpty(0).Max());
        var told = lines.Select(line => (line.Step, line.Seconds, Scalars: Of(line))).Where(line => line.Scalars.Count > 0);
        return [.. EventRecords.Header(start), .. told.SelectMany(line => EventRecords.Of(start.AddSeconds(line.Seconds), line.Step, line.Scalars))];
    }
}
