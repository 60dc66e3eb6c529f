using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa devices</c>.</summary>
internal static class DevicesCommand
{
    internal static Command Create(CommandContext context) => new Command(
        "devices",
        "Lists what --device may name, and whether it can be used here; of those that cannot, why and the way out.\n\n"
        + "Examples:\n"
        + "  kappa devices\n"
        + "  kappa train run.json --device cpu")
        {
            new JsonOption(),
        }.Does(_ =>
        {
            var rows = new List<string[]>();
            int width = ComputeDevices.Families.Max(family => family.Name.Length);
            foreach (var family in ComputeDevices.Families)
            {
                context.Output.WriteLine($"{family.Name.PadRight(width)}  {family.Summary}{(family.IsNumbered ? $"; the second is {family.Name}:1" : "")}");
                var (device, fault) = Standing(family.Name);
                context.Output.WriteLine($"{new string(' ', width)}  {(device is null ? fault : $"can be used here: {device}")}");
                rows.Add([family.Name, family.Summary, device ?? "", fault ?? ""]);
            }
            context.Record("devices", new FindingTable(["name", "summary", "device", "why not"], rows));
            return ExitCode.Done;
        });

    private static (string? Device, string? Fault) Standing(string name)
    {
        try
        {
            return (ComputeDevices.Open(name).Name, null);
        }
        catch (ConfigException error)
        {
            return (null, error.Message);
        }
    }
}
