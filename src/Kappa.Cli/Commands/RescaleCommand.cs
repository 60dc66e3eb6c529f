using System.CommandLine;
using static System.FormattableString;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa rescale</c>.</summary>
internal static class RescaleCommand
{
    internal static Command Create(CommandContext context)
    {
        var defaults = new RescalingOptions();
        var weights = new Argument<string>("weights")
        {
            Description = "The folder of a run of kappa train, whose best checkpoint is taken where it keeps that and else the last; one of its checkpoints; "
                + "an ONNX file; or with --model a safetensors file of any program.",
        };
        var model = new WeightsOptions("With a safetensors file: JSON that describes the model, a run's config.json or its \"model\" alone.", needsData: false);
        var output = Options.Text("--out", "file", "Where to write the rescaled weights, with names and metadata of the file that was read; may be that file.");
        var analyse = Options.Flag("--analyse", "Show the scales and write nothing.");
        var baseline = Options.Flag("--enorm", "Balance the norms of weights (ENorm) instead.");
        var sweeps = Options.Count("--sweeps", defaults.Sweeps, "The most sweeps over all units, 1 or more.");
        var tolerance = Options.Number(
            "--tolerance", defaults.Tolerance, "Stop when no log-scale moves by more in a sweep; 0 takes all sweeps.",
            text => Options.Finite(text) >= 0, "a number of 0 or more");
        var device = new DeviceOptions("Where the weights are taken; their scales are computed on the host wherever they are", hasPrecision: false);
        return device.AddTo(model.AddTo(new Command(
            "rescale",
            "Rescales the hidden units of a ReLU network so that it trains better, and leaves its function as it is (PathCond).\n\n"
            + "Examples:\n"
            + "  kappa rescale runs/flowers-1 --out rescaled.safetensors\n"
            + "  kappa rescale resnet18.onnx --out better.onnx\n"
            + "  kappa rescale runs/first/checkpoints/step-00001000/model.safetensors --model runs/first/config.json --out rescaled.safetensors\n"
            + "  kappa rescale resnet.safetensors --model resnet.json --input-shape 3,32,32 --analyse\n"
            + "  kappa rescale pytorch.safetensors --model model.json --rename fc1=0 --rename fc2=2 --out rescaled.safetensors\n\n"
            + "model.json is the \"model\" of a config, such as { \"name\": \"mlp\", \"hidden\": [500, 500] }; inputs and classes are read off the weights. "
            + WeightsOptions.NamesHelp)
        {
            weights, output, analyse, baseline, sweeps, tolerance, new JsonOption(),
        })).Does(parsed => Interruption.Stoppable(context, cancellation =>
        {
            string? to = parsed.GetValue(output);
            bool analysis = parsed.GetValue(analyse);
            if (to is null == !analysis)
                throw new UsageException(
                    analysis ? "--analyse writes nothing; leave --out out" : "give --out with the file to write, or --analyse to see the scales only");
            string path = parsed.GetRequiredValue(weights);
            var place = device.Open(parsed);
            bool isOnnx = OnnxRequest.IsOnnx(path);
            if (!isOnnx && to is not null && OnnxRequest.IsOnnx(to))
                throw new UsageException("--out: expected a safetensors file, since that is what is written; kappa export makes an ONNX file of it");
            var (network, shape, save) = isOnnx ? OpenOnnx(model, parsed, path, context) : OpenWeights(model, parsed, path, context);
            _ = network.To(place);
            var options = defaults with { InputShape = shape.ToArray(), Sweeps = parsed.GetValue(sweeps), Tolerance = parsed.GetValue(tolerance) };
            bool isBaseline = parsed.GetValue(baseline);
            var result = (isBaseline, analysis) switch
            {
                (false, false) => PathConditioning.Rescale(network, options),
                (false, true) => PathConditioning.Analyse(network, options),
                (true, false) => EquiNormalization.Rescale(network, options),
                _ => EquiNormalization.Analyse(network, options),
            };
            cancellation.ThrowIfCancellationRequested();
            if (to is not null)
                save(to);
            Write(context, result, isBaseline);
            context.Output.WriteLine(to is null ? "Nothing was written." : $"Wrote {to}");
            return ExitCode.Done;
        }));
    }

    private static (Module Model, Shape Shape, Action<string> Save) OpenWeights(
        WeightsOptions model, ParseResult parsed, string path, CommandContext context)
    {
        model.Onnx.RequireNone(parsed, path);
        var given = model.Onnx.InputShape(parsed);
        if (model.Request(parsed, path) is { } request)
        {
            var saved = SavedModel.Load(request with { InputShape = given }, context.Choices);
            context.Output.WriteLine(saved.Import);
            return (saved.Model, saved.InputShape, to => SafeTensorsImport.Save(to, saved.Model, saved.Import));
        }
        var trained = TrainedModel.Load(path, context.Choices);
        context.Output.WriteLine($"{trained.Source.Origin}: {trained.Source.NetworkName}, {trained.Model.Parameters().Count} tensors");
        return (trained.Model, given is null ? trained.Data.Training.InputShape : [.. given], to => trained.Model.StateDict().Save(to));
    }

    private static (Module Model, Shape Shape, Action<string> Save) OpenOnnx(
        WeightsOptions model, ParseResult parsed, string path, CommandContext context)
    {
        model.RequireNoNames(parsed, path);
        var (module, shape, _) = model.Onnx.Request(parsed, path).Load();
        ImportCommand.Describe(context, path, module);
        return (module, shape, to =>
        {
            if (OnnxRequest.IsOnnx(to))
            {
                var options = ExportCommand.OptionsFor(module, [("kappa.rescaled_from", Path.GetFullPath(path))]);
                _ = ExportCommand.Save(context, module, to, shape.ToArray(), options);
            }
            else
                module.StateDict().Save(to);
        });
    }

    private static void Write(CommandContext context, RescalingResult result, bool isBaseline)
    {
        static FindingCell Scale(double value) => FindingCell.Of(value, "G4");
        var output = context.Output;
        output.WriteLine(Invariant($"{(isBaseline ? "ENorm" : "PathCond")}: {result.LogScales.Count:N0} units, {result.Parameters:N0} parameters"));
        output.WriteLine("\nScales of the parameters that enter each channel (what leaves it is divided by them):");
        var layers = result.Layers.Select(layer => (FindingCell[])
            [layer.Path, layer.Kind, FindingCell.Of(layer.Scales.Count), Scale(layer.Smallest), Scale(layer.Median), Scale(layer.Largest)]);
        context.Show("scales", new FindingTable(["layer", "", "channels", "smallest", "median", "largest"], [.. layers]));
        if (result.LeftAlone.Count > 0)
        {
            output.WriteLine("\nLeft alone:");
            var rest = result.LeftAlone.Select(entry => (FindingCell[])[entry.Path, FindingCell.Of(entry.Count), entry.Reason]);
            context.Show("left alone", new FindingTable(["layer", "channels", "because"], [.. rest]));
        }
        string sweeps = Invariant($"{result.Sweeps:N0} {(result.Sweeps == 1 ? "sweep" : "sweeps")}");
        output.WriteLine(Invariant(
            $"\n{(isBaseline ? "Sum of squares" : "Criterion F")}: {result.CriterionBefore:G8} before, {result.CriterionAfter:G8} after {sweeps}"));
        output.WriteLine(result.Converged
            ? Invariant($"Converged: the last sweep moved no log-scale by more than {result.LargestChange:G2}")
            : Invariant($"Not converged: the last sweep moved a log-scale by {result.LargestChange:G2}. --sweeps takes more"));
        context.Record("criterion", new FindingTable(["before", "after", "sweeps", "largest change", "converged"], [(FindingCell[])[
            Scale(result.CriterionBefore), Scale(result.CriterionAfter), FindingCell.Of(result.Sweeps), Scale(result.LargestChange),
            result.Converged ? "yes" : "no"]]));
    }
}
