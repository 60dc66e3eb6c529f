using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa predict</c>.</summary>
internal static class PredictCommand
{
    internal static Command Create(CommandContext context)
    {
        var run = new Argument<string>("run") { Description = $"{WeightsOptions.RunOrFile} Of a table." };
        var file = new Argument<string>("file") { Description = "A file like that which was trained on; the column to predict may be missing." };
        var weights = new WeightsOptions(WeightsOptions.WithData, isRequired: false);
        var output = Options.Text("--out", "file", "The CSV file to write. Without it, the terminal.");
        return weights.AddTo(new Command(
            "predict",
            "Predicts the rows of a file by a model that kappa train trained on a table: the class and the probability of each, or the number.\n\n"
            + "Examples:\n"
            + "  kappa predict runs/flowers-1 new.csv\n"
            + "  kappa predict runs/flowers-1 new.csv --out predictions.csv\n"
            + "  kappa predict pytorch.safetensors new.csv --model config.json --rename fc1=0 --out predictions.csv\n\n"
            + $"{WeightsOptions.DataHelp} Rows are encoded as kappa train would: numbers with mean 0 and deviation 1 over the training rows, a column for each "
            + $"category. {WeightsOptions.NamesHelp}")
        {
            run, file, output,
        }).Does(parsed => Interruption.Stoppable(context, cancellation =>
        {
            string from = parsed.GetRequiredValue(run);
            var predictor = weights.Request(parsed, from) is { } request
                ? new ModelPredictor(request, context.Choices, cancellation)
                : new ModelPredictor(from, context.Choices, warning => context.Error.WriteLine($"warning: {warning}"));
            // The predictions may go to the terminal as a table for other programs.
            if (predictor.Import is { } import)
                context.Error.WriteLine(import);
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
