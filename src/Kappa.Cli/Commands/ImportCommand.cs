using System.CommandLine;
using Kappa.Onnx;
using static System.FormattableString;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa import</c>.</summary>
internal static class ImportCommand
{
    internal static Command Create(CommandContext context)
    {
        var file = new Argument<string>("file") { Description = "An ONNX file." };
        var output = Options.Text("--out", "file", "Where the weights go, as safetensors under their names in the file. Default: nowhere; only what it "
            + "holds is shown.");
        var onnx = new OnnxOptions();
        return onnx.AddTo(new Command(
            "import",
            "Reads an ONNX file, says what it holds, and writes its weights as safetensors.\n\n"
            + "Examples:\n"
            + "  kappa import resnet18.onnx\n"
            + "  kappa import resnet18.onnx --out resnet18.safetensors\n\n"
            + "kappa rescale, probe, diagnose and bench take an ONNX file itself.")
        {
            file, output, new JsonOption(),
        }).Does(parsed => Interruption.Stoppable(context, cancellation =>
        {
            string path = parsed.GetRequiredValue(file);
            var (model, shape, type) = onnx.Request(parsed, path).Load();
            cancellation.ThrowIfCancellationRequested();
            Describe(context, path, model);
            using (NoGradient.Begin())
            using (TensorScope.Begin())
            {
                var result = model.Forward(Tensor.Zeros([1, .. shape.ToArray()], type));
                context.Output.WriteLine($"one input {shape} gives {result.Shape}");
            }

            if (parsed.GetValue(output) is not { } to)
                return ExitCode.Done;
            model.StateDict().Save(to);
            context.Output.WriteLine($"Wrote {to}");
            return ExitCode.Done;
        }));
    }

    /// <summary>Says what a file holds.</summary>
    internal static void Describe(CommandContext context, string path, OnnxModule model)
    {
        var output = context.Output;
        var source = model.Provenance;
        long parameters = model.Parameters().Sum(parameter => (long)parameter.Tensor.Count);
        output.WriteLine($"{path}: {string.Join("; ", model.Inputs)} -> {string.Join("; ", model.Outputs)}");
        string size = Invariant($"{parameters:N0} parameters in {model.Parameters().Count:N0} tensors");
        output.WriteLine($"opset {source.OperatorSet}, by {source.Producer} {source.ProducerVersion}; {size}");
        foreach (var (key, value) in source.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal).Take(MostMetadata))
            output.WriteLine($"  {key}: {(value.Length > MostText ? value[..MostText] + "..." : value)}");
        context.Record("model", new FindingTable(["file", "inputs", "outputs", "opset", "producer", "parameters", "tensors"], [(FindingCell[])[
            path, string.Join("; ", model.Inputs), string.Join("; ", model.Outputs), FindingCell.Of(source.OperatorSet),
            $"{source.Producer} {source.ProducerVersion}", FindingCell.Of(parameters), FindingCell.Of(model.Parameters().Count)]]));
    }

    private const int MostMetadata = 20;
    private const int MostText = 200;
}
