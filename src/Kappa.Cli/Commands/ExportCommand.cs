using System.CommandLine;
using Kappa.Onnx;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa export</c>.</summary>
internal static class ExportCommand
{
    internal static Command Create(CommandContext context)
    {
        var defaults = new OnnxExportOptions();
        var run = new Argument<string>("run") { Description = WeightsOptions.RunOrFile };
        var weights = new WeightsOptions("With a file of weights: JSON that describes the model, a run's config.json or its \"model\" alone.",
            needsData: false);
        var output = new Option<string>("--out") { Description = "The ONNX file to write, whole or not at all.", HelpName = "file", Required = true };
        var opset = Options.Number(
            "--opset", defaults.OperatorSet, "The version of the operators.", text => Options.Whole(text) is >= 17 and <= 22, "17 to 22");
        var sequence = Options.Text(
            "--sequence-name", "name", "Leave the length of sequences open, the first axis behind the batch, under this name. Default: as long as the "
            + "example; where an ONNX file leaves it open, so does the new one, as far as the model can.");
        Options.Require(sequence, text => !string.IsNullOrWhiteSpace(text) && text != defaults.BatchName, $"a name other than {defaults.BatchName}");
        return weights.AddTo(new Command(
            "export",
            "Writes a trained model as an ONNX file, with its names, an open batch, and where it came from.\n\n"
            + "Examples:\n"
            + "  kappa export runs/flowers-1 --out flowers.onnx\n"
            + "  kappa export model.safetensors --model model.json --input-shape 3,32,32 --out model.onnx\n"
            + "  kappa export old.onnx --opset 20 --out new.onnx\n\n"
            + "Of a language model the file takes as many tokens as its context, or as --input-shape says; with "
            + "--sequence-name, any number up to its context.")
        {
            run, output, opset, sequence,
        }).Does(parsed => Interruption.Stoppable(context, cancellation =>
        {
            string path = parsed.GetRequiredValue(run), to = parsed.GetRequiredValue(output);
            var (model, shape, origin) = Open(context, parsed, path, weights, cancellation);
            cancellation.ThrowIfCancellationRequested();
            var options = OptionsFor(model, origin) with { OperatorSet = parsed.GetValue(opset), SequenceName = parsed.GetValue(sequence) };
            options = Save(context, model, to, shape, options);
            string lengths = string.Join(", ", shape.Select((length, axis) => axis == 0 ? options.SequenceName ?? $"{length}" : $"{length}"));
            context.Output.WriteLine($"Wrote {to}: inputs [batch, {lengths}], opset {parsed.GetValue(opset)}");
            return ExitCode.Done;
        }));
    }

    /// <summary>How a model is written: one that came from an ONNX file keeps the names of its input and output.</summary>
    internal static OnnxExportOptions OptionsFor(Module model, IEnumerable<(string Key, string Value)> origin)
    {
        var options = new OnnxExportOptions { Metadata = origin.ToDictionary(entry => entry.Key, entry => entry.Value) };
        return model is OnnxModule { Inputs: [var input, ..], OutputName: var output } ? options with { InputName = input.Name, OutputName = output } : options;
    }

    /// <summary>Writes a model. Where the ONNX file that it came from leaves the length of sequences open, this one does, or it is said why not.</summary>
    /// <returns>How it was written.</returns>
    internal static OnnxExportOptions Save(CommandContext context, Module model, string to, int[] shape, OnnxExportOptions options)
    {
        if (options.SequenceName is null && OpenLengthOf(model) is { } name && name != options.BatchName)
        {
            var open = options with { SequenceName = name };
            try
            {
                OnnxModel.Export(model, to, shape, open);
                return open;
            }
            catch (OnnxException error)
            {
                // Where it cannot be written at all, that is what is said.
                OnnxModel.Export(model, to, shape, options);
                context.Output.WriteLine($"{to}: \"{name}\" is fixed at {shape[0]}, where the file that was read leaves it open: {error.Message}");
                return options;
            }
        }
        OnnxModel.Export(model, to, shape, options);
        return options;
    }

    /// <summary>What an ONNX file calls the first axis behind the batch; null where it gives its length, or there is none.</summary>
    private static string? OpenLengthOf(Module model) =>
        model is not OnnxModule { Inputs: [{ Dimensions: [_, var length, ..] }, ..] } || length.All(char.IsAsciiDigit) ? null
        : length == "?" ? "length"
        : length;

    private static (Module Model, int[] Shape, (string Key, string Value)[] Origin) Open(
        CommandContext context, ParseResult parsed, string path, WeightsOptions weights, CancellationToken cancellation)
    {
        int[]? given = weights.Onnx.InputShape(parsed);
        (string, string) origin = ("kappa.origin", Path.GetFullPath(path));
        if (OnnxRequest.IsOnnx(path))
        {
            weights.RequireNoNames(parsed, path);
            var (module, shape, _) = weights.Onnx.Request(parsed, path).Load();
            return (module, shape.ToArray(), [origin]);
        }

        weights.Onnx.RequireNone(parsed, path);
        if (weights.Request(parsed, path) is { } request)
        {
            var saved = SavedModel.Load(request with { InputShape = given }, context.Choices);
            context.Output.WriteLine(saved.Import);
            return (saved.Model, saved.InputShape.ToArray(), [origin]);
        }

        var trained = TrainedModel.Load(path, context.Choices);
        cancellation.ThrowIfCancellationRequested();
        var source = trained.Source;
        return (trained.Model, given ?? trained.Data.Training.InputShape.ToArray(),
            [("kappa.origin", Path.GetFullPath(source.Origin)), ("kappa.run", source.Name), ("kappa.config", source.Config),
                ("kappa.step", (source.Step ?? 0).ToString(CultureInfo.InvariantCulture))]);
    }
}
