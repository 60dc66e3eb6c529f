using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa diagnose</c>.</summary>
internal static class DiagnoseCommand
{
    internal static Command Create(CommandContext context)
    {
        var run = new Argument<string>("run") { Description = WeightsOptions.RunOrFile };
        var weights = new WeightsOptions(WeightsOptions.WithData);
        var examples = Options.Count(
            "--examples", 128, "Validation examples to judge dormant units on, 1 or more. By default as many as there are, up to this.");
        var jacobians = Options.Count("--jacobians", 4, "Validation examples to take Jacobians at; 0 for none.", 0);
        var kernel = Options.Count("--kernel", 32, "Validation examples for the tangent kernel; 0 for none.", 0);
        var output = Options.Text(
            "--out", "folder",
            "Where report.html and diagnosis.json go. Default: the folder diagnosis in that of the run, or <file>-diagnosis beside a file of weights.");
        var device = new DeviceOptions("Where the model is measured", hasPrecision: false);
        return device.AddTo(weights.AddTo(new Command(
            "diagnose",
            "Says how well a trained model is conditioned: singular values of weights and Jacobians, dormant units, the tangent kernel.\n\n"
            + "Examples:\n"
            + "  kappa diagnose runs/fashion-conv-1\n"
            + "  kappa diagnose runs/fashion-conv-1/checkpoints/step-00001000 --kernel 64\n"
            + "  kappa diagnose pytorch.safetensors --model config.json --rename fc1=0\n\n"
            + $"{WeightsOptions.DataHelp} {WeightsOptions.NamesHelp}\n\n"
            + "\"diagnostics\": 200 in the config of kappa train measures every 200 steps.")
        {
            run, examples, jacobians, kernel, output, new JsonOption(),
        })).Does(parsed => Interruption.Stoppable(context, cancellation =>
        {
            var options = new DiagnosticsOptions
            {
                JacobianInputs = parsed.GetValue(jacobians),
                LayerJacobians = parsed.GetValue(jacobians) > 0,
                KernelInputs = parsed.GetValue(kernel),
                GolubKahan = new GolubKahanOptions(),
            };
            var given = parsed.GetValue(output) is { } path ? RunPart.ForFindings(path, DiagnosisReport.NumbersName) : null;
            // That there is no such device is said before anything is read.
            var place = device.Open(parsed);
            var model = weights.Open(context, parsed, parsed.GetRequiredValue(run), cancellation);
            _ = model.Model.To(place);
            cancellation.ThrowIfCancellationRequested();
            foreach (var option in new[] { examples, jacobians, kernel })
                Options.RequireThere(parsed, option, model.Data.Validation.Count, "validation examples");
            // What was asked for is taken; defaults make do with what is there.
            int[] inputs = [parsed.Asked(examples) ?? Diagnosis.UsualExamples(model), parsed.Asked(jacobians) ?? 0, parsed.Asked(kernel) ?? 0];
            var diagnosis = Diagnosis.Of(model, inputs.Max(), options);
            cancellation.ThrowIfCancellationRequested();
            context.Output.WriteLine($"{model.Source.Name}: {model.Source.Origin}");
            context.Show(model.Source.Name, DiagnosisReport.Findings(diagnosis));
            context.Output.WriteLine(
                "Largest and smallest are singular values, and the condition is one over the other: 1 for an isometry, infinite where the smallest is 0 to "
                + "rounding, as in a layer whose ReLU is off.");
            var folder = given ?? model.Source.FindingsFolder("diagnosis", DiagnosisReport.NumbersName);
            DiagnosisReport.Write(folder, diagnosis, context.Environment);
            return context.Done(folder);
        }));
    }
}
