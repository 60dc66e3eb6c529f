using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa optimizers</c>.</summary>
internal static class OptimizersCommand
{
    internal static Command Create(CommandContext context) => new Command(
        "optimizers",
        "Lists the optimizers that a config may name, and the remedies that go behind any of them, with their settings.\n\n"
        + "Examples:\n"
        + "  kappa optimizers\n"
        + "  kappa optimizers --json\n\n"
        + "Entries in a config:\n"
        + "  { \"name\": \"dopr-adamw\", \"weightDecay\": 0.01, \"activationPreconditioning\": { \"gamma\": 0.1 } }\n"
        + "  { \"name\": \"muon\", \"remedy\": { \"name\": \"redo\", \"threshold\": 0.1 } }")
    {
        new JsonOption(),
    }.Does(_ =>
    {
        foreach (var kind in context.Choices.Of<OptimizerKind>())
            context.WriteChoice(kind.Name, $", or dopr-{kind.Name} with activation preconditioning", kind.Summary, kind.SettingsType);
        context.WriteChoice(
            "activationPreconditioning", " (DoPr), in front of any of them",
            "Solves the gradient of each linear layer, convolution and embedding by the second moment of its inputs first.",
            SettingsType.Of(typeof(DoPrOptions)));
        foreach (var kind in context.Choices.Of<RemedyKind>())
            context.WriteChoice($"remedy {kind.Name}", ", behind any of them", kind.Summary, kind.SettingsType);
        context.Output.WriteLine("Every one also takes: label, learningRates, steps, model, whiten (see kappa schema).");
        return ExitCode.Done;
    });
}
