using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa schema</c>.</summary>
internal static class SchemaCommand
{
    private const string Train = "train";

    internal static Command Create(CommandContext context)
    {
        var kind = new Argument<string>("command") { Description = "Whose config: compare or train.", DefaultValueFactory = _ => "compare" };
        _ = kind.AcceptOnlyFromAmong("compare", Train);
        return new Command(
            "schema",
            "Prints the JSON schema of a config, for editors that complete and check as you type.\n\n"
            + "Examples:\n  kappa schema > run.schema.json        of kappa compare; then begin the config with \"$schema\": \"./run.schema.json\"\n"
            + "  kappa schema train > train.schema.json        of kappa train")
        {
            kind,
        }.Does(parsed =>
        {
            context.Output.Write(parsed.GetValue(kind) == Train ? TrainingConfig.Schema(context.Choices) : ComparisonConfig.Schema(context.Choices));
            return ExitCode.Done;
        });
    }
}
