using System.CommandLine;
using Kappa.Mpi;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa train</c>.</summary>
internal static class TrainCommand
{
    private const int DefaultPieces = 8;

    internal static Command Create(CommandContext context)
    {
        var config = new Argument<string?>("config")
        {
            Description = "The config, such as run.json (kappa schema train prints what it may say).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = Options.Text("--out", "folder", "The run's folder. Default: runs/<name>-<n> in the current folder.");
        var resume = Options.Resume(" from its last checkpoint");
        var force = Options.Force();
        var amend = Options.Amend();
        var tensorBoard = Options.Flag("--tensorboard", "Write the metrics for TensorBoard too; --resume goes on with that.");
        var device = new DeviceOptions("Where the model is trained", hasPrecision: true);
        return device.AddTo(new Command(
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
            config, output, resume, force, amend, tensorBoard, new JsonOption(),
        }).Does(parsed =>
        {
            string? file = parsed.GetValue(config), folder = parsed.GetValue(resume);
            Options.RequireStart(
                "train", folder, parsed.GetValue(amend),
                ("a config", file is not null), ("--out", parsed.GetValue(output) is not null), ("--force", parsed.GetValue(force)));
            return Job.Run(context, (processes, own) =>
            {
                using var interruption = new Interruption(own.Error);
                var training = folder is null ? TrainingConfig.ReadFile(file!, own.Choices) : TrainingConfig.ReadRun(folder, own.Choices);
                training = training with { Compute = device.Over(training.Compute, parsed) };
                // That there is no such device is said before the data is read.
                _ = training.Compute.Open();
                if (folder is null && processes.IsLaunched)
                    training = training with { Pieces = training.Pieces ?? DefaultPieces };
                if (training.Pieces is null && processes.Size > 1)
                    throw new ConfigException(WholeBatch(processes.Size));
                RequireShared(training, processes.Size);
                if (processes.Rank > 0)
                    return Join(own, processes, training, interruption.Token);
                var request = new RunRequest(TrainingFolder.Kind, training.Name, SettingsOf<TrainingConfig>.Write(training));
                using var run = RunFolder.Open(
                    request.Wanted(folder ?? parsed.GetValue(output), folder is not null, parsed.GetValue(force), parsed.GetValue(amend)));
                return Run(own, processes, training, run, parsed.GetValue(tensorBoard), interruption.Token);
            });
        });
    }

    /// <summary>Before a run begins, which could not go on.</summary>
    private static void RequireShared(TrainingConfig config, int processes)
    {
        try
        {
            if (config.Pieces is { } pieces)
                BatchPieces.RequireShared(pieces, processes);
        }
        catch (ArgumentException error)
        {
            throw new ConfigException(error.Message.Split(" (Parameter", 2)[0]);
        }
    }

    private static string WholeBatch(int processes) =>
        $"pieces: the run began with batches as a whole, which one process computes; got {processes}. Resume it without mpirun, or start a new run with mpirun";

    private static string Shared(int processes, int pieces, double bytes, long parameters)
    {
        double ring = 2.0 * (processes - 1) / processes * parameters * sizeof(float);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{processes} processes shared {pieces} pieces of each batch; each took the step of its share of the parameters, "
            + $"and sent {bytes / 1e6:0.###} MB a step, {bytes / ring:0.000} of 2 (P - 1) / P of "
            + $"the parameters' bytes");
    }

    /// <summary>Trains with the first process, which has opened the run.</summary>
    private static int Join(CommandContext context, Communicator processes, TrainingConfig config, CancellationToken cancellation)
    {
        // The first has read the data by then, and made the tokenizer of text.
        var run = new RunPart(Encoding.UTF8.GetString(processes.Gather([])[0]));
        var data = TrainingRunner.LoadData(config, run, null, cancellation);
        try
        {
            new TrainingRunner(config, data, context.Clock) { Processes = processes }.Join(run, cancellation);
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }

    private static int Run(
        CommandContext context, Communicator processes, TrainingConfig config, RunFolder run, bool writesEvents, CancellationToken cancellation)
    {
        var reading = new ReadingBoard(context.Clock);
        var data = BackgroundWork.Watch(
            context, () => TrainingRunner.LoadData(config, run, reading, cancellation), reading.StatusLine, context.Output, cancellation);
        _ = processes.Gather(Encoding.UTF8.GetBytes(run.FolderPath));
        var runner = BackgroundWork.Run(
            () => new TrainingRunner(config, data, context.Clock)
            {
                OnWarning = warning => context.Error.WriteLine($"warning: {warning}"), Processes = processes, WritesEvents = writesEvents,
            },
            cancellation);
        var display = new TrainingDisplay(context, config, data);
        display.Begin();
        try
        {
            var result = runner.Run(run, display, cancellation);
            context.Say(run);
            display.End(result);
            if (processes.Size > 1)
                context.Output.WriteLine(Shared(processes.Size, config.Pieces!.Value, runner.BytesPerStep, result.Parameters));
            var part = context.WriteReport(run, config.Name, () => TrainingReport.Of(new TrainingFolder(run), config), cancellation);
            // People have read it above.
            context.Json?.Add(part.Name, part.Findings);
        }
        catch (OperationCanceledException)
        {
            display.Break();
            return context.Interrupted(run, "train");
        }
        if (data.Tokenizer is not null)
            context.Output.WriteLine($"Let it write: kappa generate {CommandContext.Quote(run.FolderPath)} --prompt \"The \"");
        return context.Done(run);
    }
}
