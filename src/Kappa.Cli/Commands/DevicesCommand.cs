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
            var reasons = new Dictionary<string, string>();
            foreach (var family in ComputeDevices.Families)
            {
                context.Output.WriteLine($"{family.Name.PadRight(width)}  {family.Summary}{(family.IsNumbered ? $"; the second is {family.Name}:1" : "")}");
                var (device, fault) = Standing(family, reasons);
                context.Output.WriteLine($"{new string(' ', width)}  {(device is null ? fault : $"can be used here: {device}")}");
                rows.Add([family.Name, family.Summary, device ?? "", fault ?? ""]);
            }
            context.Record("devices", new FindingTable(["name", "summary", "device", "why not"], rows));
            return ExitCode.Done;
        });

    /// <summary>Whether a device can be used, and if not why; a reason that an earlier one has too is not said again.</summary>
    /// <param name="family">The device.</param>
    /// <param name="reasons">The names of the devices before it, by what was wrong with them.</param>
    private static (string? Device, string? Fault) Standing(DeviceFamily family, Dictionary<string, string> reasons)
    {
        try
        {
            return (family.Open(0, MatrixPrecision.Float32).Name, null);
        }
        catch (NotSupportedException error)
        {
            return (null, reasons.TryAdd(error.Message, family.Name)
                ? $"the device {family.Name} cannot be used here: {error.Message}"
                : $"the device {family.Name} cannot be used here, for the reason of {reasons[error.Message]}");
        }
    }
}
