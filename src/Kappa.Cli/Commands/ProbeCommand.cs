using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa probe</c>.</summary>
internal static class ProbeCommand
{
    internal static Command Create(CommandContext context)
    {
        var run = new Argument<string>("run") { Description = "The folder of a run of kappa train, whose last checkpoint is probed, or one of its checkpoints." };
        var data = Choice("--data", "Which data: training or validation.", "training", "validation");
        var matrix = Choice("--matrix", "Which curvature matrix.", "hessian", "gauss-newton", "fisher");
        var top = Count("--top", "Largest eigenvalues to find, 1 or more.", 10);
        var samples = Count("--samples", "Sequences or pictures whose mean loss is measured, 1 or more.", 64);
        var batch = Count("--batch", "Samples of one forward pass; decides memory, not results.", 16);
        var parameters = new Option<string?>("--parameters") { Description = "Only these parameters: a name, a layer, or a pattern such as 'block*.mlp.*'.", HelpName = "pattern" };
        var tolerance = new Option<double>("--tolerance") { Description = "Residual over |eigenvalue| that counts as converged.", DefaultValueFactory = _ => 1e-3, HelpName = "number" };
        var density = new Option<bool>("--density") { Description = "Estimate the density of all eigenvalues, the negative ones too; plotted in the report." };
        var criteria = new Option<bool>("--criteria") { Description = "Measure how much the loss around the model still moves when one sample is added: Delta_1, Delta_2, Delta_2^(D) of arXiv 2604.14870." };
        var sizes = Many<int>("--k", "With --criteria: each number of samples before the added one; default: a dozen up to the samples less one.", "count");
        var dimensions = Many<int>("--dimensions", "With --criteria: each D, directions of largest curvature; default: 1 4 10.", "count");
        var sigmas = Many<double>("--sigma", "With --criteria: each scale of the noise; default: 1e-4 1e-3 1e-2.", "number");
        var seed = new Option<ulong>("--seed") { Description = "Decides the samples and everything random.", DefaultValueFactory = _ => 0, HelpName = "number" };
        var output = new Option<string?>("--out") { Description = "Where report.html and probe.json go. Default: the folder probe in that of the run.", HelpName = "folder" };
        TextChecks.RequireEach(tolerance, TextChecks.IsAbove0, "a finite number above zero");
        TextChecks.RequireEach(sizes, TextChecks.IsCount, "integers of 1 or more");
        TextChecks.RequireEach(dimensions, TextChecks.IsCount, "integers of 1 or more");
        TextChecks.RequireEach(sigmas, TextChecks.IsAbove0, "finite numbers above zero");
        TextChecks.RequireEach(seed, TextChecks.IsSeed, "an integer of 0 or more");
        var command = new Command(
            "probe",
            "Measures the curvature of a trained model: top eigenvalues with residuals, traces, on request the spectral density and the criteria of stabilisation.\n\n"
            + "Examples:\n"
            + "  kappa probe runs/brown-characters-1\n"
            + "  kappa probe runs/brown-characters-1 --top 20 --density --criteria\n"
            + "  kappa probe runs/fashion-conv-1/checkpoints/step-00001000 --data validation --parameters 'block0.*'")
        {
            run, data, matrix, top, samples, batch, parameters, tolerance, density, criteria, sizes, dimensions, sigmas, seed, output,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(criteria))
                return;
            foreach (Option option in new Option[] { sizes, dimensions, sigmas })
            {
                if (result.GetResult(option) is { Implicit: false })
                    result.AddError($"{option.Name} is a setting of the criteria; add --criteria");
            }
        });
        command.SetAction(parsed =>
        {
            var settings = new ProbeSettings
            {
                Top = parsed.GetValue(top),
                Matrix = parsed.GetValue(matrix) switch { "gauss-newton" => CurvatureMatrix.GaussNewton, "fisher" => CurvatureMatrix.EmpiricalFisher, _ => CurvatureMatrix.Hessian },
                Samples = parsed.GetValue(samples),
                Validation = parsed.GetValue(data) == "validation",
                Parameters = parsed.GetValue(parameters),
                Tolerance = parsed.GetValue(tolerance),
                Density = parsed.GetValue(density),
                Criteria = parsed.GetValue(criteria),
                BatchSize = parsed.GetValue(batch),
                Seed = parsed.GetValue(seed),
            };
            if (parsed.GetValue(sizes) is { Length: > 0 } k)
                settings = settings with { Sizes = k };
            if (parsed.GetValue(dimensions) is { Length: > 0 } d)
                settings = settings with { Dimensions = d };
            if (parsed.GetValue(sigmas) is { Length: > 0 } s)
                settings = settings with { Sigmas = s };
            return Run(context, parsed.GetRequiredValue(run), settings, parsed.GetValue(output));
        });
        return command;
    }

    private static int Run(CommandContext context, string path, ProbeSettings settings, string? output)
    {
        var given = output is null ? null : RunPart.ForFindings(output, ProbeFiles.NumbersName);
        using var interruption = new Interruption(context.Error, "stopping after this product");
        var cancellation = interruption.Token;
        var model = BackgroundWork.Run(() => TrainedModel.Load(path, context.Choices), cancellation);
        var board = new ProbeBoard();
        context.Output.WriteLine($"{model.Config.Name}: {model.Origin}");
        var outcome = BackgroundWork.Show(
            context, () => ModelProbe.Run(model, settings, context.Clock, board, cancellation),
            () => ProgressBar.Of(board.Share(), board.StatusLine()), board.StatusLine, cancellation, BackgroundWork.ShortPatience);
        cancellation.ThrowIfCancellationRequested();
        var findings = ProbeReport.Conclude(model, outcome);
        TextReport.Write(context.Output, findings);
        var folder = given ?? new RunPart(model.RunFolder).Part("probe");
        ProbeFiles.Write(folder, context.Environment, model, outcome, findings);
        context.Output.WriteLine($"report: {folder.PathOf(ReportWriter.PageName)}");
        return ExitCode.Done;
    }

    private static Option<int> Count(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "count" };
        option.Validators.Add(result =>
        {
            if (!result.Implicit && !(result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int count) && count >= 1))
                result.AddError($"{name}: expected an integer of 1 or more; got {string.Join(' ', result.Tokens.Select(token => token.Value))}");
        });
        return option;
    }

    private static Option<string> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0] };
        _ = option.AcceptOnlyFromAmong(values);
        return option;
    }

    private static Option<T[]> Many<T>(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help, AllowMultipleArgumentsPerToken = true };
}
