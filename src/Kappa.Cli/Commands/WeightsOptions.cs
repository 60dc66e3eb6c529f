using System.CommandLine;

namespace Kappa.Cli.Commands;

/// <summary>The options of commands that take a file of weights which another program may have written.</summary>
internal sealed class WeightsOptions
{
    private const string ModelName = "--model";

    private readonly Option<string?> _model;
    private readonly bool _needsData;
    private readonly Option<string[]> _rename = Many(
        "--rename", "there=here",
        "With a file of weights: what parts of names in it are called in the model, such as fc1=0; whole parts between dots, from the beginning, * is any "
        + "one.");

    private readonly Option<string[]> _transpose = Many("--transpose", "name", "With a file of weights: matrices of it that are stored [in, out].");
    private readonly Option<string[]> _leaveOut = Many("--leave-out", "name", "With a file of weights: tensors of it that are not the model's.");

    /// <summary>Makes the options.</summary>
    /// <param name="model">What the JSON of <c>--model</c> holds.</param>
    /// <param name="needsData">Whether the command runs the model on data.</param>
    internal WeightsOptions(string model, bool needsData = true)
    {
        _model = new Option<string?>(ModelName) { Description = model, HelpName = "file" };
        _needsData = needsData;
    }

    /// <summary>What only ONNX files take.</summary>
    internal OnnxOptions Onnx { get; } = new();

    /// <summary>What the help of a command says of names.</summary>
    internal static string NamesHelp =>
        "Names that are not the model's are matched by shape and order where that leaves one way alone, or by --rename; what came of it is always shown.";

    /// <summary>What such a command takes.</summary>
    internal static string RunOrFile =>
        "The folder of a run of kappa train, whose best checkpoint is taken where it keeps that and else the last; one of its checkpoints; "
        + "with --model a safetensors file; or an ONNX file.";

    /// <summary>What <c>--model</c> holds where data is needed.</summary>
    internal static string WithData => "With a file of weights: JSON with its \"model\" and its \"data\", such as a config of kappa train. With an ONNX "
        + "file its \"data\" alone counts; without, inputs are random.";

    /// <summary>What the help of a command that needs data says of it.</summary>
    internal static string DataHelp =>
        "config.json says what model and what data, as in a config of kappa train: { \"model\": { \"name\": \"mlp\", \"hidden\": [64] }, "
        + "\"data\": { \"name\": \"csv\", \"path\": \"flowers.csv\", \"target\": \"kind\" } }.";

    /// <summary>Adds them to a command.</summary>
    internal Command AddTo(Command command)
    {
        foreach (var option in new Option[] { _model, _rename, _transpose, _leaveOut })
            command.Add(option);
        return Onnx.AddTo(command);
    }

    /// <summary>What is asked of a file of weights; null where the path is that of a run.</summary>
    /// <exception cref="UsageException">Path and options do not go together.</exception>
    internal WeightsRequest? Request(ParseResult parsed, string path)
    {
        string? description = parsed.GetValue(_model);
        var import = new ImportOptions
        {
            Match = ImportMatch.NameElseShape,
            Rename = parsed.GetValue(_rename) ?? [],
            Transpose = parsed.GetValue(_transpose) ?? [],
            LeaveOut = parsed.GetValue(_leaveOut) ?? [],
        };
        if (description is not null && Directory.Exists(path))
        {
            throw new UsageException($"{ModelName} goes with a file of weights, and {path} is a folder; the run of kappa train in it knows its model");
        }
        if (description is not null)
            return new WeightsRequest(path, description) { Import = import };
        if (File.Exists(path))
        {
            throw new UsageException(
                $"{path}: it is a file, no run of kappa train; give {ModelName} with the JSON that says what model{(_needsData ? " and what data" : "")}");
        }
        return import.Rename.Count + import.Transpose.Count + import.LeaveOut.Count == 0
            ? null
            : throw new UsageException($"--rename, --transpose and --leave-out go with a file of weights; give {ModelName} as well");
    }

    /// <summary>Opens the model of a run or of a file of weights, and shows what was loaded from where.</summary>
    /// <exception cref="UsageException">Path and options do not go together.</exception>
    internal TrainedModel Open(CommandContext context, ParseResult parsed, string path, CancellationToken cancellation)
    {
        if (OnnxRequest.IsOnnx(path))
            return OpenOnnx(context, parsed, path, cancellation);
        Onnx.RequireNone(parsed, path);
        var model = Request(parsed, path) is { } request
            ? TrainedModel.Load(request, context.Choices, cancellation)
            : TrainedModel.Load(path, context.Choices);
        if (model.Source.Import is { } import)
            context.Output.WriteLine(import);
        return model;
    }

    private TrainedModel OpenOnnx(CommandContext context, ParseResult parsed, string path, CancellationToken cancellation)
    {
        RequireNoNames(parsed, path);
        var request = Onnx.Request(parsed, path) with { DescriptionPath = parsed.GetValue(_model) };
        var model = TrainedModel.Load(request, context.Choices, cancellation: cancellation);
        context.Output.WriteLine(request.DescriptionPath is null
            ? $"{path}: on random inputs, since no data was given: the loss is the squared distance to the model's own outputs. {ModelName} takes a JSON "
                + $"with data"
            : $"{path}: on the data {model.Source.DataName}");
        return model;
    }

    /// <summary>Refuses the options of names, which an ONNX file does not need.</summary>
    /// <exception cref="UsageException">One is given.</exception>
    internal void RequireNoNames(ParseResult parsed, string path)
    {
        foreach (var option in new[] { _rename, _transpose, _leaveOut }.Where(option => parsed.GetValue(option) is { Length: > 0 }))
            throw new UsageException($"{option.Name} goes with a file of weights; {path} is a model whose weights have their places");
    }

    private static Option<string[]> Many(string name, string help, string description) =>
        new(name) { Description = $"{description} May be given several times.", HelpName = help };
}
