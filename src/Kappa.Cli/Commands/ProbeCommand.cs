using System.CommandLine;
using Kappa.Mpi;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa probe</c>.</summary>
internal static class ProbeCommand
{
    private const int DefaultPieces = 8;

    internal static Command Create(CommandContext context)
    {
        var run = new Argument<string>("run") { Description = WeightsOptions.RunOrFile };
        var weights = new WeightsOptions(WeightsOptions.WithData);
        var data = Choice("--data", "Which data: training or validation.", "training", "validation");
        var matrix = Choice("--matrix", "Which curvature matrix.", "hessian", "gauss-newton", "fisher");
        var top = Options.Count("--top", 10, "Largest eigenvalues to find, 1 or more. By default as many as there are, up to this.");
        var samples = Options.Count(
            "--samples", 64, "Sequences, pictures or rows whose mean loss is measured, 1 or more. By default as many as there are, up to this.");
        var batch = Options.Count("--batch", 16, "Samples of one forward pass; decides memory, not results.");
        var parameters = Options.Text("--parameters", "pattern", "Only these parameters: a name, a layer, or a pattern such as 'block*.mlp.*'.");
        var tolerance = Options.Number(
            "--tolerance", 1e-3, "Residual over |eigenvalue| that counts as converged.", text => Options.Finite(text) > 0, "a finite number above zero");
        var density = Options.Flag("--density", "Estimate the density of all eigenvalues, the negative ones too; plotted in the report.");
        var criteria = Options.Flag(
            "--criteria",
            "Measure how much the loss around the model still moves when one sample is added: Delta_1, Delta_2, Delta_2^(D) of arXiv 2604.14870.");
        var sizes = Counts("--k", "With --criteria: each number of samples before the added one; default: a dozen up to the samples less one.");
        var dimensions = Counts("--dimensions", "With --criteria: each D, directions of largest curvature; default: 1 4 10.");
        var sigmas = Many<double>(
            "--sigma", "With --criteria: each scale of the noise; default: 1e-4 1e-3 1e-2.", "number",
            text => Options.Finite(text) > 0, "finite numbers above zero");
        var pieces = new Option<int?>("--pieces")
        {
            Description = "Add batches up in so many pieces, a power of two, which the processes of one mpirun share: any number of them gets the same bits. "
                + $"Default: {DefaultPieces} under mpirun; without it, one batch after the other.",
            HelpName = "count",
        };
        Options.Require(pieces, text => Options.Whole(text) >= 1, "an integer of 1 or more");
        var seed = Options.Number(
            "--seed", 0UL, "Decides the samples and everything random.",
            text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _), "an integer of 0 or more");
        var output = Options.Text(
            "--out", "folder", "Where report.html and probe.json go. Default: the folder probe in that of the run, or <file>-probe beside a file of weights.");
        var device = new DeviceOptions("Where the model is measured", hasPrecision: false);
        var command = device.AddTo(weights.AddTo(new Command(
            "probe",
            "Measures the curvature of a trained model: top eigenvalues with residuals, traces, on request the spectral density and the criteria of "
            + "stabilisation.\n\n"
            + "Examples:\n"
            + "  kappa probe runs/brown-characters-1\n"
            + "  kappa probe runs/brown-characters-1 --top 20 --density --criteria\n"
            + "  kappa probe runs/brown-characters-1/checkpoints/step-00001000 --data validation --parameters 'block0.*'\n"
            + "  kappa probe pytorch.safetensors --model config.json --rename fc1=0\n"
            + "  mpirun -n 4 kappa probe runs/brown-characters-1\n\n"
            + $"{WeightsOptions.DataHelp} {WeightsOptions.NamesHelp}")
        {
            run, data, matrix, top, samples, batch, parameters, tolerance, density, criteria, sizes, dimensions, sigmas, pieces, seed, output,
            new JsonOption(),
        }));
        command.Validators.Add(result =>
        {
            foreach (var option in new Option[] { sizes, dimensions, sigmas }.Where(option => result.GetResult(option) is { Implicit: false }))
            {
                if (!result.GetValue(criteria))
                    result.AddError($"{option.Name} is a setting of the criteria; add --criteria");
            }
        });
        return command.Does(parsed =>
        {
            var defaults = new ProbeSettings();
            var settings = new ProbeSettings
            {
                Top = parsed.GetValue(top),
                Matrix = parsed.GetValue(matrix) switch
                {
                    "gauss-newton" => CurvatureMatrix.GaussNewton,
                    "fisher" => CurvatureMatrix.EmpiricalFisher,
                    _ => CurvatureMatrix.Hessian,
                },
                Samples = parsed.GetValue(samples),
                Validation = parsed.GetValue(data) == "validation",
                Parameters = parsed.GetValue(parameters),
                Tolerance = parsed.GetValue(tolerance),
                Density = parsed.GetValue(density),
                Criteria = parsed.GetValue(criteria),
                BatchSize = parsed.GetValue(batch),
                Pieces = parsed.GetValue(pieces),
                Seed = parsed.GetValue(seed),
                Sizes = parsed.GetValue(sizes) is { Length: > 0 } k ? k : defaults.Sizes,
                Dimensions = parsed.GetValue(dimensions) is { Length: > 0 } d ? d : defaults.Dimensions,
                Sigmas = parsed.GetValue(sigmas) is { Length: > 0 } s ? s : defaults.Sigmas,
            };
            string path = parsed.GetRequiredValue(run);
            // That there is no such device is said before anything is read.
            var place = device.Open(parsed);
            return Job.Run(context, (processes, own) => Run(
                own, processes, cancellation => Moved(weights.Open(own, parsed, path, cancellation), place),
                model => Fitted(model, settings with { Pieces = settings.Pieces ?? (processes.IsLaunched ? DefaultPieces : null) }),
                parsed.GetValue(output)));

            // What was asked for is taken; defaults make do with what is there.
            ProbeSettings Fitted(TrainedModel model, ProbeSettings given)
            {
                int there = TrainedModel.SampleCount(model.Data, given.Validation);
                Options.RequireThere(parsed, samples, there, $"{(given.Validation ? "validation" : "training")} samples");
                if (given.Parameters is not null)
                    return given with { Samples = Math.Min(given.Samples, there) };
                long parameters = model.Model.Parameters().Sum(parameter => (long)parameter.Tensor.Count);
                Options.RequireThere(parsed, top, parameters, "parameters, and as many eigenvalues");
                return given with { Samples = Math.Min(given.Samples, there), Top = (int)Math.Min(given.Top, parameters) };
            }
        });
    }

    private static TrainedModel Moved(TrainedModel model, Device device)
    {
        _ = model.Model.To(device);
        return model;
    }

    private static int Run(
        CommandContext context, Communicator processes, Func<CancellationToken, TrainedModel> open, Func<TrainedModel, ProbeSettings> fit, string? output)
    {
        var given = output is null ? null : RunPart.ForFindings(output, ProbeReport.NumbersName);
        using var interruption = new Interruption(context.Error, "stopping after this product");
        var cancellation = interruption.Token;
        var model = BackgroundWork.Run(() => open(cancellation), cancellation);
        var settings = fit(model);
        var board = new ProbeBoard(context.Clock);
        context.Output.WriteLine($"{model.Source.Name}: {model.Source.Origin}");
        var outcome = BackgroundWork.Show(
            context, () => ModelProbe.Run(model, settings, context.Clock, board, cancellation, processes),
            () => ProgressBar.Of(board.Share(), board.StatusLine()), board.StatusLine, cancellation, BackgroundWork.ShortPatience);
        cancellation.ThrowIfCancellationRequested();
        if (processes.Rank > 0)
            return ExitCode.Done;
        var findings = ProbeReport.Conclude(model, outcome);
        context.Show(model.Source.Name, findings);
        var folder = given ?? model.Source.FindingsFolder("probe", ProbeReport.NumbersName);
        ProbeReport.Write(folder, context.Environment, model, outcome, findings);
        return context.Done(folder);
    }

    private static Option<string> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0] };
        _ = option.AcceptOnlyFromAmong(values);
        return option;
    }

    private static Option<int[]> Counts(string name, string description) =>
        Many<int>(name, description, "count", text => Options.Whole(text) >= 1, "integers of 1 or more");

    private static Option<T[]> Many<T>(string name, string description, string help, Func<string, bool> fits, string expected)
    {
        var option = new Option<T[]>(name) { Description = description, HelpName = help, AllowMultipleArgumentsPerToken = true };
        Options.Require(option, fits, expected);
        return option;
    }
}
