using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa devices</c>.</summary>
internal static class DevicesCommand
{
    internal static Command Create(CommandContext context) => new Command(
        "devices", "Lists what --device may name, and whether it can be used here; of those that cannot, why and the way out.").Does(_ =>
        {
            int width = ComputeDevices.Families.Max(family => family.Name.Length);
            foreach (var family in ComputeDevices.Families)
            {
                context.Output.WriteLine($"{family.Name.PadRight(width)}  {family.Summary}{(family.IsNumbered ? $"; the second is {family.Name}:1" : "")}");
                context.Output.WriteLine($"{new string(' ', width)}  {Standing(family.Name)}");
            }
            return ExitCode.Done;
        });

    private static string Standing(string name)
    {
        try
        {
            return $"can be used here: {ComputeDevices.Open(name).Name}";
        }
        catch (ConfigException error)
        {
            return error.Message;
        }
    }
}
