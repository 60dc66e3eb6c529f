using System.CommandLine;
using Kappa.Lab.Comparison;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa schema</c>.</summary>
internal static class SchemaCommand
{
    internal static Command Create(CommandContext context)
    {
        var command = new Command(
            "schema",
            "Prints the JSON schema of a config, for editors that complete and check as you type.\n\n"
            + "Example:\n  kappa schema > run.schema.json        then begin the config with \"$schema\": \"./run.schema.json\"");
        command.SetAction(_ =>
        {
            context.Output.Write(ConfigSchema.ToText(context.Tasks));
            return ExitCode.Done;
        });
        return command;
    }
}
