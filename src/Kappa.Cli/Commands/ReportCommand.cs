using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa report</c>.</summary>
internal static class ReportCommand
{
    internal static Command Create(CommandContext context)
    {
        var runs = new Argument<string[]>("runs")
        {
            Description = "Folders with a report: finished runs of compare, train or reproduce, or what probe or diagnose wrote.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = Options.Text("--out", "folder", "Where the files go.");
        var latex = Options.Flag("--latex", "Tables for LaTeX with booktabs, as tables/*.tex.");
        var csv = Options.Flag("--csv", "Tables and the points of plots, numbers in full, as tables/*.csv and plots/*.csv.");
        var svg = Options.Flag("--svg", "Plots as vector graphics, as plots/*.svg.");
        var html = Options.Flag("--html", "One page of all, report.html, and the same for programs, report.json.");
        var tensorBoard = Options.Flag("--tensorboard", "TensorBoard's event files of runs of kappa train, as tensorboard/<run>.");
        return new Command(
            "report",
            "Makes tables and plots for a paper from finished runs, and one report of several. Without a format: all of them but --tensorboard.\n\n"
            + "Examples:\n"
            + "  kappa report runs/fashion-1 --out paper\n"
            + "  kappa report runs/adamw-1 runs/dopr-1 --out paper --latex --svg\n\n"
            + "A run's own folder is only read. sources.json says what the files were made from.")
        {
            runs, output, latex, csv, svg, html, tensorBoard,
        }.Does(parsed => Interruption.Stoppable(context, cancellation =>
        {
            string path = parsed.GetValue(output)
                ?? throw new UsageException("--out: expected the folder that the files go to, such as --out paper; got none");
            (Option<bool> Option, ReportFormats Format)[] all =
            [
                (latex, ReportFormats.Latex), (csv, ReportFormats.Csv), (svg, ReportFormats.Svg), (html, ReportFormats.Html),
                (tensorBoard, ReportFormats.TensorBoard),
            ];
            var formats = all.Where(one => parsed.GetValue(one.Option)).Aggregate(ReportFormats.None, (sum, one) => sum | one.Format);
            if (formats == ReportFormats.None)
                formats = ReportFormats.All;
            var sources = ReportSource.Read(parsed.GetRequiredValue(runs));
            var folder = RunPart.ForFindings(path, PaperFiles.SourcesName);
            var files = PaperFiles.Write(folder, sources, context.Environment, formats, cancellation);
            foreach (string file in files)
                context.Output.WriteLine(file);
            context.Output.WriteLine($"{files.Count} files of {sources.Count} {(sources.Count == 1 ? "run" : "runs")} into {path}");
            return formats.HasFlag(ReportFormats.Html) ? context.Done(folder) : ExitCode.Done;
        }));
    }
}
