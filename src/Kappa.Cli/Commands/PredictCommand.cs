using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa predict</c>.</summary>
internal static class PredictCommand
{
    internal static Command Create(CommandContext context)
    {
        var run = new Argument<string>("run") { Description = "The folder of a run of kappa train on a table, or one of its checkpoints." };
        var file = new Argument<string>("file") { Description = "A file like that which was trained on; the column to predict may be missing." };
        var output = Options.Text("--out", "file", "The CSV file to write. Without it, the terminal.");
        return new Command(
            "predict",
            "Predicts the rows of a file by a model that kappa train trained on a table: the class and the probability of each, or the number.\n\n"
            + "Examples:\n"
            + "  kappa predict runs/flowers-1 new.csv\n"
            + "  kappa predict runs/flowers-1 new.csv --out predictions.csv")
        {
            run, file, output,
        }.Does(parsed => Interruption.Stoppable(context, cancellation =>
        {
            var predictor = new ModelPredictor(parsed.GetRequiredValue(run), context.Choices, warning => context.Error.WriteLine($"warning: {warning}"));
            var text = new StringBuilder(Line(predictor.Columns));
            int rows = 0;
            foreach (var line in predictor.Predict(parsed.GetRequiredValue(file), cancellation))
            {
                text.Append(Line(line));
                rows++;
            }
            if (parsed.GetValue(output) is not { } path)
            {
                context.Output.Write(text);
                return ExitCode.Done;
            }
            var folder = new RunPart(Path.GetDirectoryName(Path.GetFullPath(path))!);
            folder.WriteText(Path.GetFileName(path), text.ToString());
            context.Output.WriteLine($"{rows} predictions: {path}");
            return ExitCode.Done;
        }));
    }

    private static string Line(IEnumerable<string> cells) => string.Join(',', cells.Select(Quoted)) + "\n";

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
