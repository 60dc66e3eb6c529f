using System.CommandLine.Parsing;
using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa rescale</c>.</summary>
internal static class RescaleCommand
{
    internal static Command Create(CommandContext context)
    {
        var defaults = new RescalingOptions();
        var weights = new Argument<string>("weights") { Description = "The weights, a safetensors file such as checkpoints/step-00001000/model.safetensors." };
        var model = new Option<string>("--model") { Description = "JSON that describes the model: a run's config.json, or its \"model\" alone.", HelpName = "file", Required = true };
        var output = new Option<string?>("--out") { Description = "Where to write the rescaled weights; may be the file that was read.", HelpName = "file" };
        var analyse = new Option<bool>("--analyse") { Description = "Show the scales and write nothing." };
        var baseline = new Option<bool>("--enorm") { Description = "Balance the norms of weights (ENorm) instead." };
        var sweeps = new Option<int>("--sweeps") { Description = "The most sweeps over all units, 1 or more.", DefaultValueFactory = _ => defaults.Sweeps, HelpName = "count" };
        var tolerance = new Option<double>("--tolerance")
        {
            Description = "Stop when no log-scale moves by more in a sweep; 0 takes all sweeps.",
            DefaultValueFactory = _ => defaults.Tolerance,
            HelpName = "number",
        };
        var shape = new Option<string?>("--input-shape") { Description = "The shape of one picture, channels, height and width, such as 3,32,32.", HelpName = "lengths" };
        sweeps.Validators.Add(result => Require(result, int.TryParse(Text(result), NumberStyles.Integer, CultureInfo.InvariantCulture, out int count) && count >= 1, "an integer of 1 or more"));
        tolerance.Validators.Add(result => Require(
            result, double.TryParse(Text(result), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && value >= 0, "a number of 0 or more"));
        shape.Validators.Add(result => Require(result, Lengths(Text(result)) is not null, "lengths of 1 or more with commas between, such as 3,32,32"));
        var command = new Command(
            "rescale",
            "Rescales the hidden units of a ReLU network so that it trains better, and leaves its function as it is (PathCond).\n\n"
            + "Examples:\n"
            + "  kappa rescale runs/first/checkpoints/step-00001000/model.safetensors --model runs/first/config.json --out rescaled.safetensors\n"
            + "  kappa rescale resnet.safetensors --model model.json --input-shape 3,32,32 --analyse\n\n"
            + "model.json is the \"model\" of a config, such as { \"name\": \"mlp\", \"hidden\": [500, 500] }; inputs and classes are read off the weights.")
        {
            weights, model, output, analyse, baseline, sweeps, tolerance, shape,
        };
        command.SetAction(parsed => Interruption.Stoppable(context, cancellation =>
        {
            string? to = parsed.GetValue(output);
            bool analysis = parsed.GetValue(analyse);
            if (to is null == !analysis)
                throw new UsageException(
                    analysis ? "--analyse writes nothing; leave --out out" : "give --out with the file to write, or --analyse to see the scales only");
            var saved = SavedModel.Load(parsed.GetRequiredValue(weights), parsed.GetRequiredValue(model), context.Choices, Lengths(parsed.GetValue(shape)));
            var options = new RescalingOptions { InputShape = saved.InputShape.ToArray(), Sweeps = parsed.GetValue(sweeps), Tolerance = parsed.GetValue(tolerance) };
            bool isBaseline = parsed.GetValue(baseline);
            var result = (isBaseline, analysis) switch
            {
                (false, false) => PathConditioning.Rescale(saved.Model, options),
                (false, true) => PathConditioning.Analyse(saved.Model, options),
                (true, false) => EquiNormalization.Rescale(saved.Model, options),
                _ => EquiNormalization.Analyse(saved.Model, options),
            };
            cancellation.ThrowIfCancellationRequested();
            if (to is not null)
                saved.Model.StateDict().Save(to);
            Write(context.Output, result, isBaseline);
            context.Output.WriteLine(to is null ? "Nothing was written." : $"Wrote {to}");
            return ExitCode.Done;
        }));
        return command;
    }

    private static void Write(TextWriter output, RescalingResult result, bool isBaseline)
    {
        output.WriteLine(Invariant($"{(isBaseline ? "ENorm" : "PathCond")}: {result.LogScales.Count:N0} units, {result.Parameters:N0} parameters"));
        output.WriteLine();
        output.WriteLine("Scales of the parameters that enter each channel (what leaves it is divided by them):");
        TextReport.Write(output, new FindingTable(["layer", "", "channels", "smallest", "median", "largest"], [.. result.Layers.Select(layer => (FindingCell[])
            [layer.Path, layer.Kind, FindingCell.Of(layer.Scales.Count), FindingCell.Of(layer.Smallest, "G4"), FindingCell.Of(layer.Median, "G4"), FindingCell.Of(layer.Largest, "G4")])]));
        if (result.LeftAlone.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Left alone:");
            TextReport.Write(output, new FindingTable(["layer", "channels", "because"], [.. result.LeftAlone.Select(entry => (FindingCell[])[entry.Path, FindingCell.Of(entry.Count), entry.Reason])]));
        }

        output.WriteLine();
        output.WriteLine(Invariant($"{(isBaseline ? "Sum of squares" : "Criterion F")}: {result.CriterionBefore:G8} before, {result.CriterionAfter:G8} after {result.Sweeps:N0} {(result.Sweeps == 1 ? "sweep" : "sweeps")}"));
        output.WriteLine(result.Converged
            ? Invariant($"Converged: the last sweep moved no log-scale by more than {result.LargestChange:G2}")
            : Invariant($"Not converged: the last sweep moved a log-scale by {result.LargestChange:G2}. --sweeps takes more"));
    }

    private static int[]? Lengths(string? text)
    {
        if (text is null)
            return null;
        string[] parts = text.Split(',');
        var lengths = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out lengths[i]) || lengths[i] < 1)
                return null;
        }

        return lengths;
    }

    private static void Require(OptionResult result, bool fits, string expected)
    {
        if (!fits && !result.Implicit)
            result.AddError($"{result.Option.Name}: expected {expected}; got {Text(result)}");
    }

    private static string Text(OptionResult result) => string.Join(' ', result.Tokens.Select(token => token.Value));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
