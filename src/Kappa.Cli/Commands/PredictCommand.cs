using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa predict</c>.</summary>
internal static class PredictCommand
{
    internal static Command Create(CommandContext context)
    {
        var run = new Argument<string>("run")
        {
            Description = "The folder of a run of kappa train on a table or on pictures, or one of its checkpoints.",
        };
        var path = new Argument<string>("path")
        {
            Description = "A file like that which was trained on; the column to predict may be missing. Of a run on pictures: a picture, or a folder of "
                + "them, flat or with a subfolder for each class.",
        };
        var output = Options.Text("--out", "file", "The CSV file to write. Without it, the terminal.");
        var skip = Options.Flag(
            "--skip-corrupt", "Leave out pictures that cannot be decoded, and name them. Without it, as skipCorrupt of the run's data says.");
        return new Command(
            "predict",
            "Predicts rows or pictures by a model that kappa train trained: the class and the probability of each, or the number. Where the file or the "
            + "folders say what is true, it also says how right the model is.\n\n"
            + "Examples:\n"
            + "  kappa predict runs/flowers-1 new.csv\n"
            + "  kappa predict runs/flowers-1 new.csv --out predictions.csv\n"
            + "  kappa predict runs/animals-1 photographs --skip-corrupt")
        {
            run, path, output, skip,
        }.Does(parsed =>
        {
            var board = new ReadingBoard(context.Clock);
            return Interruption.Stoppable(
                context,
                cancellation =>
                {
                    var predictor = new ModelPredictor(
                        parsed.GetRequiredValue(run), context.Choices, warning => context.Error.WriteLine($"warning: {warning}"))
                    {
                        Progress = board,
                        SkipCorrupt = parsed.GetValue(skip) ? true : null,
                    };
                    var text = new StringBuilder(Line(predictor.Columns));
                    foreach (var line in predictor.Predict(parsed.GetRequiredValue(path), cancellation))
                        text.Append(Line(line));
                    Write(context, predictor.Tally, text.ToString(), parsed.GetValue(output));
                    return ExitCode.Done;
                },
                board.StatusLine);
        });
    }

    private static void Write(CommandContext context, PredictionTally tally, string text, string? file)
    {
        if (file is null)
        {
            context.Output.Write(text);
        }
        else
        {
            new RunPart(Path.GetDirectoryName(Path.GetFullPath(file))!).WriteText(Path.GetFileName(file), text);
            context.Output.WriteLine($"{tally.Count} predictions: {file}");
        }
        // What is no prediction stays out of what a pipe takes.
        if (tally.Skipped > 0)
            context.Error.WriteLine(FormattableString.Invariant($"{tally.Skipped} of {tally.Count + tally.Skipped} pictures left out"));
        if (tally.Metric is { } metric)
        {
            string unknown = tally.Unknown == 0 ? "" : FormattableString.Invariant($"; {tally.Unknown} have a class that the model does not know");
            context.Error.WriteLine(FormattableString.Invariant(
                $"{tally.MetricName} over {tally.Measured} of {tally.Count} predictions, whose truth is known: {metric:0.####}{unknown}"));
        }
    }

    private static string Line(IEnumerable<string> cells) => string.Join(',', cells.Select(Quoted)) + "\n";

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
