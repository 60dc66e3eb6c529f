namespace Kappa.Cli;

/// <summary>Runs one training from its config to its report, and shows it.</summary>
internal sealed class TrainingSession(CommandContext context, CancellationToken cancellation)
{
    internal int Start(TrainingConfig config, string? path, bool force) =>
        Run(config, Request(config) with { Path = path, Mode = force ? RunFolderMode.Force : RunFolderMode.Fresh });

    internal int Resume(string path, bool amend)
    {
        // The user may have edited the config that is beside what the run began with.
        var manifest = RunFolder.Read(path, TrainingFolder.Kind);
        string file = new TrainingFolder(new RunPart(path)).ConfigFile;
        var config = File.Exists(file)
            ? TrainingConfig.ReadFile(file, context.Choices)
            : TrainingConfig.Parse(manifest.Config.ToJsonString(), Path.GetFullPath(path), context.Choices);
        return Run(config, Request(config) with { Path = path, Mode = RunFolderMode.Resume, Amend = amend });
    }

    private static RunRequest Request(TrainingConfig config) => new(TrainingFolder.Kind, config.Name, SettingsOf<TrainingConfig>.Write(config));

    private int Run(TrainingConfig config, RunRequest request)
    {
        using var run = RunFolder.Open(request);
        var data = BackgroundWork.Run(() => TrainingRunner.LoadData(config, run, cancellation), cancellation);
        var runner = BackgroundWork.Run(
            () => new TrainingRunner(config, data, context.Clock) { OnWarning = warning => context.Error.WriteLine($"warning: {warning}") }, cancellation);
        var display = new TrainingDisplay(context, config, data);
        display.Begin();
        try
        {
            var result = runner.Run(run, display, cancellation);
            context.Say(run);
            display.End(result);
            _ = BackgroundWork.Run(() => WriteReport(config, run), cancellation);
        }
        catch (OperationCanceledException)
        {
            display.Break();
            context.Error.WriteLine($"interrupted after a checkpoint. Continue with:\n  kappa train --resume {CommandContext.Quote(run.FolderPath)}");
            return ExitCode.Interrupted;
        }
        if (data.Tokenizer is not null)
            context.Output.WriteLine($"Let it write: kappa generate {CommandContext.Quote(run.FolderPath)} --prompt \"The \"");
        context.Output.WriteLine($"Report: {Path.GetFullPath(run.PathOf(ReportWriter.PageName))}");
        return ExitCode.Done;
    }

    private ReportPart WriteReport(TrainingConfig config, RunFolder run)
    {
        var part = TrainingReport.Of(new TrainingFolder(run), config).With(run.Manifest.Amendments);
        ReportWriter.Write(run, new Report(config.Name, context.Environment, [part]), cancellation);
        return part;
    }
}
