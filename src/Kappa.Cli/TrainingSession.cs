using Kappa.Cli.Display;
using Kappa.Lab.Reports;
using Kappa.Lab.Studies.Train;

namespace Kappa.Cli;

/// <summary>Runs one training from its config to its report, and shows it.</summary>
internal sealed class TrainingSession(CommandContext context, CancellationToken cancellation)
{
    internal int Start(TrainingConfig config, string? path, bool force) => Run(config, TrainingFolder.Create(config, path, force));

    internal int Resume(string path)
    {
        var folder = TrainingFolder.Open(path);
        return Run(TrainingConfigReader.ReadFile(folder.ConfigFile), folder);
    }

    private int Run(TrainingConfig config, TrainingFolder folder)
    {
        context.Output.WriteLine($"{config.Name}: into {folder.FolderPath}");
        var data = TrainingRunner.LoadData(config, folder);
        var runner = new TrainingRunner(config, data, folder, context.Clock) { OnWarning = warning => context.Error.WriteLine($"warning: {warning}") };
        var display = new TrainingDisplay(context, config, data);
        display.Begin();
        try
        {
            var result = runner.Run(display, cancellation);
            display.End(result);
        }
        catch (OperationCanceledException)
        {
            display.Break();
            context.Error.WriteLine($"interrupted after a checkpoint. Continue with:\n  kappa train --resume {CommandContext.Quote(folder.FolderPath)}");
            return ExitCode.Interrupted;
        }
        ReportWriter.Write(folder.ReportFile, new Report(config.Name, context.Environment, [TrainingReport.Of(folder, config)]), cancellation);
        if (data.Tokenizer is not null)
            context.Output.WriteLine($"Let it write: kappa generate {CommandContext.Quote(folder.FolderPath)} --prompt \"The \"");
        context.Output.WriteLine($"Report: {Path.GetFullPath(folder.ReportFile)}");
        return ExitCode.Done;
    }
}
