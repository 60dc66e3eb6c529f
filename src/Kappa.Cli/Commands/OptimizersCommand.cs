using System.CommandLine;
using Kappa.Cli.Display;
using Kappa.Lab.Catalog;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa optimizers</c>.</summary>
internal static class OptimizersCommand
{
    internal static Command Create(CommandContext context)
    {
        var command = new Command(
            "optimizers",
            "Lists the optimizers that a config may name, with their settings.\n\nExample of an entry in a config:\n"
            + "  { \"name\": \"dopr-adamw\", \"weightDecay\": 0.01, \"activationPreconditioning\": { \"gamma\": 0.1 } }");
        command.SetAction(_ =>
        {
            foreach (var kind in OptimizerRegistry.Kinds)
            {
                context.Output.WriteLine($"{kind.Name}, or dopr-{kind.Name} with activation preconditioning\n  {kind.Summary}");
                SettingsText.Write(context.Output, kind.Settings);
            }
            context.Output.WriteLine("activationPreconditioning (DoPr), in front of any of them\n  Solves the gradient of each linear layer, convolution and embedding by the second moment of its inputs first.");
            SettingsText.Write(context.Output, OptimizerRegistry.PreconditioningSettings);
            context.Output.WriteLine("Every one also takes: label, learningRates, steps, model, whiten (see kappa schema).");
            return ExitCode.Done;
        });
        return command;
    }
}
