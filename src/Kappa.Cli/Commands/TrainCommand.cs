using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa train</c>.</summary>
internal static class TrainCommand
{
    internal static Command Create(CommandContext context)
    {
        var config = new Argument<string?>("config") { Description = "The config, such as run.json (kappa schema train prints what it may say).", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--out") { Description = "The run's folder. Default: runs/<name>-<n> in the current folder.", HelpName = "folder" };
        var resume = new Option<string?>("--resume") { Description = "Continue the run in this folder from its last checkpoint.", HelpName = "folder" };
        var force = new Option<bool>("--force") { Description = "Start over in a folder that holds a run already." };
        var amend = RunOptions.Amend();
        var command = new Command(
            "train",
            "Trains one model: a transformer on text, or a network on pictures. Writes metrics, checkpoints and a report into a folder.\n\n"
            + "Examples:\n"
            + "  kappa train experiments/brown-characters.json\n"
            + "  kappa train run.json --out runs/first\n"
            + "  kappa train --resume runs/first            after Ctrl-C or a crash\n\n"
            + "A config:\n"
            + "  {\n"
            + "    \"name\": \"first\",\n"
            + "    \"data\": { \"name\": \"text\", \"path\": \"book.txt\", \"tokenizer\": \"character\" },\n"
            + "    \"model\": { \"name\": \"transformer\", \"width\": 128, \"layers\": 4, \"heads\": 4, \"contextLength\": 128 },\n"
            + "    \"optimizer\": { \"name\": \"adamw\", \"learningRate\": 0.002 },\n"
            + "    \"schedule\": { \"warmup\": 100, \"decay\": \"cosine\" },\n"
            + "    \"batchSize\": 16,\n"
            + "    \"minutes\": 5\n"
            + "  }\n\n"
            + "\"steps\" or \"epochs\" in the place of \"minutes\" makes a run that repeats bit for bit.\n"
            + $"Data: {string.Join(", ", context.Choices.NamesOf<DataKind>())}. "
            + $"Models: {string.Join(", ", context.Choices.NamesOf<NetworkKind>())}. Optimizers: see kappa optimizers.")
        {
            config, output, resume, force, amend,
        };
        command.SetAction(parsed =>
        {
            string? file = parsed.GetValue(config), folder = parsed.GetValue(resume);
            if (folder is not null && (file is not null || parsed.GetValue(output) is not null || parsed.GetValue(force)))
                throw new UsageException("--resume takes the config from the run's folder and continues there; leave the config, --out and --force out");
            if (folder is null && parsed.GetValue(amend))
                throw new UsageException(RunOptions.AmendAlone);
            if (folder is null && file is null)
                throw new UsageException("give a config, such as kappa train run.json, or --resume with the folder of a run");
            using var interruption = new Interruption(context.Error);
            var session = new TrainingSession(context, interruption.Token);
            return folder is not null
                ? session.Resume(folder, parsed.GetValue(amend))
                : session.Start(TrainingConfig.ReadFile(file!, context.Choices), parsed.GetValue(output), parsed.GetValue(force));
        });
        return command;
    }
}
