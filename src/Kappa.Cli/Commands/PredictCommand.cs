using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa predict</c>.</summary>
internal static class PredictCommand
{
    internal static Command Create(CommandContext context)
    {
        var run = new Argument<string>("run") { Description = $"{WeightsOptions.RunOrFile} Of a table or of pictures; a file of weights, of a table." };
        var path = new Argument<string>("path")
        {
            Description = "A file like that which was trained on; the column to predict may be missing. Of a run on pictures: a picture, or a folder of "
                + "them, flat or with a subfolder for each class.",
        };
        var output = Options.Text("--out", "file", "The CSV file to write. Without it, the terminal.");
        var skip = Options.Flag(
            "--skip-corrupt", "Leave out pictures that cannot be decoded, and name them. Without it, as skipCorrupt of the run's data says.");
        var weights = new WeightsOptions(WeightsOptions.WithData);
        var device = new DeviceOptions("Where the model computes", hasPrecision: false);
        return device.AddTo(weights.AddTo(new Command(
            "predict",
            "Predicts rows or pictures by a model that kappa train trained: the class and the probability of each, or the number. Where the file or the "
            + "folders say what is true, it also says how right the model is.\n\n"
            + "Examples:\n"
            + "  kappa predict runs/flowers-1 new.csv\n"
            + "  kappa predict runs/flowers-1 new.csv --out predictions.csv\n"
            + "  kappa predict runs/animals-1 photographs --skip-corrupt\n"
            + "  kappa predict pytorch.safetensors new.csv --model config.json --rename fc1=0 --out predictions.csv\n\n"
            + $"{WeightsOptions.DataHelp} Rows are encoded as kappa train would: numbers with mean 0 and deviation 1 over the training rows, a column for each "
            + $"category. {WeightsOptions.NamesHelp}")
        {
            run, path, output, skip, new JsonOption(),
        })).Does(parsed =>
        {
            var board = new ReadingBoard(context.Clock);
            return Interruption.Stoppable(
                context,
                cancellation =>
                {
                    string from = parsed.GetRequiredValue(run);
                    // That there is no such device is said before anything is read.
                    var place = device.Open(parsed);
                    void Warn(string warning) => context.Error.WriteLine($"warning: {warning}");
                    var predictor = weights.Request(parsed, from) is { } request
                        ? new ModelPredictor(request, context.Choices, Warn, cancellation) { Progress = board, SkipCorrupt = Skips(parsed.GetValue(skip)) }
                        : new ModelPredictor(from, context.Choices, Warn) { Progress = board, SkipCorrupt = Skips(parsed.GetValue(skip)) };
                    predictor.MoveTo(place);
                    // The predictions may go to the terminal as a table for other programs.
                    if (predictor.Import is { } import)
                        context.Error.WriteLine(import);
                    var rows = Recorded(context, predictor, parsed.GetRequiredValue(path), cancellation);
                    Write(context, predictor, Lines(predictor, rows), parsed.GetValue(output));
                    return ExitCode.Done;
                },
                board.StatusLine);
        });
    }

    private static bool? Skips(bool isAsked) => isAsked ? true : null;

    /// <summary>The names of the columns once the first prediction is there, so that a file that cannot be read gives nothing, and each prediction.</summary>
    private static IEnumerable<string> Lines(ModelPredictor predictor, IEnumerable<IReadOnlyList<string>> rows)
    {
        bool isBegun = false;
        foreach (var line in rows)
        {
            if (!isBegun)
                yield return Line(predictor.Columns);
            isBegun = true;
            yield return Line(line);
        }
        if (!isBegun)
            yield return Line(predictor.Columns);
    }

    /// <summary>The predictions, which are kept for programs where these read JSON.</summary>
    private static IEnumerable<IReadOnlyList<string>> Recorded(CommandContext context, ModelPredictor predictor, string path, CancellationToken cancellation)
    {
        if (context.Json is null)
            return predictor.Predict(path, cancellation);
        IReadOnlyList<string>[] all = [.. predictor.Predict(path, cancellation)];
        context.Record("predictions", new FindingTable(predictor.Columns, [.. all.Select(row => row.Select((text, i) => i < predictor.TextColumns
            ? new FindingCell(text)
            : new FindingCell(text) { Value = double.Parse(text, CultureInfo.InvariantCulture) }).ToArray())]));
        return all;
    }

    private static void Write(CommandContext context, ModelPredictor predictor, IEnumerable<string> lines, string? file)
    {
        if (file is not null)
        {
            new RunPart(Path.GetDirectoryName(Path.GetFullPath(file))!).WriteLines(Path.GetFileName(file), lines);
            context.Output.WriteLine($"{predictor.Tally.Count} predictions: {file}");
        }
        else if (context.Json is null)
        {
            foreach (string line in lines)
                context.Output.Write(line);
        }
        var tally = predictor.Tally;
        // What is no prediction stays out of what a pipe takes.
        if (tally.Skipped > 0)
            context.Error.WriteLine(FormattableString.Invariant($"{tally.Skipped} of {tally.Count + tally.Skipped} pictures left out"));
        if (tally.Metric is { } metric)
        {
            context.Record("measured", new FindingTable(["metric", "value", "measured", "predictions"], [(FindingCell[])[
                tally.MetricName, FindingCell.Of(metric), FindingCell.Of(tally.Measured), FindingCell.Of(tally.Count)]]));
            string unknown = tally.Unknown == 0 ? "" : FormattableString.Invariant($"; {tally.Unknown} have a class that the model does not know");
            context.Error.WriteLine(FormattableString.Invariant(
                $"{tally.MetricName} over {tally.Measured} of {tally.Count} predictions, whose truth is known: {metric:0.####}{unknown}"));
        }
    }

    private static string Line(IEnumerable<string> cells) => string.Join(',', cells.Select(Quoted)) + "\n";

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
