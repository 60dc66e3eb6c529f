using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa schema</c>.</summary>
internal static class SchemaCommand
{
    private const string Train = "train", Sweep = "sweep";

    internal static Command Create(CommandContext context)
    {
        var kind = new Argument<string>("command") { Description = "Whose config: compare, train or sweep.", DefaultValueFactory = _ => "compare" };
        _ = kind.AcceptOnlyFromAmong("compare", Train, Sweep);
        return new Command(
            "schema",
            "Prints the JSON schema of a config, for editors that complete and check as you type.\n\n"
            + "Examples:\n  kappa schema > run.schema.json        of kappa compare; then begin the config with \"$schema\": \"./run.schema.json\"\n"
            + "  kappa schema train > train.schema.json        of kappa train\n"
            + "  kappa schema sweep > sweep.schema.json        of kappa sweep")
        {
            kind,
        }.Does(parsed =>
        {
            context.Output.Write(parsed.GetValue(kind) switch
            {
                Train => TrainingConfig.Schema(context.Choices),
                Sweep => SweepConfig.Schema(context.Choices),
                _ => ComparisonConfig.Schema(context.Choices),
            });
            return ExitCode.Done;
        });
    }
}
