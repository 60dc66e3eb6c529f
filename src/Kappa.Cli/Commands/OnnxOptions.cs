using System.CommandLine;
using Kappa.Onnx;

namespace Kappa.Cli.Commands;

/// <summary>The options of commands that take an ONNX file.</summary>
internal sealed class OnnxOptions
{
    private readonly Option<string?> _input = Options.Text("--input", "name", "With an ONNX file: which of its inputs the model takes. Default: the first.");

    private readonly Option<string[]> _dimensions = Many(
        "--dimensions", "name=length", "With an ONNX file: the lengths of dimensions that it only names, such as height=224.",
            text => Options.Whole(text) >= 1);

    private readonly Option<string[]> _fill = Many(
        "--fill", "name=number", "With an ONNX file: what its other inputs are filled with, such as attention_mask=1.",
        text => double.IsFinite(Options.Finite(text)));

    private readonly Option<string?> _shape = Options.Text(
        "--input-shape", "lengths", "The shape of one input without the batch, such as 3,224,224, where the file leaves it open.");

    internal OnnxOptions() => Options.Require(_shape, text => Lengths(text) is not null, "lengths of 1 or more with commas between, such as 3,32,32");

    /// <summary>Whole numbers of 1 or more with commas between; null for anything else.</summary>
    internal static int[]? Lengths(string? text)
    {
        int[]? lengths = text?.Split(',')
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int length) ? length : 0).ToArray();
        return lengths is not null && lengths.All(length => length >= 1) ? lengths : null;
    }

    internal Command AddTo(Command command)
    {
        foreach (var option in new Option[] { _shape, _input, _dimensions, _fill })
            command.Add(option);
        return command;
    }

    /// <summary>The shape of one input, where it is given.</summary>
    internal int[]? InputShape(ParseResult parsed) => Lengths(parsed.GetValue(_shape));

    /// <summary>What is asked of an ONNX file.</summary>
    internal OnnxRequest Request(ParseResult parsed, string path) => new(path)
    {
        InputShape = InputShape(parsed),
        Import = new OnnxImportOptions
        {
            Input = parsed.GetValue(_input),
            Dimensions = Pairs(parsed.GetValue(_dimensions)).ToDictionary(pair => pair.Name, pair => Options.Whole(pair.Value)!.Value),
            Fill = Pairs(parsed.GetValue(_fill)).ToDictionary(pair => pair.Name, pair => Options.Finite(pair.Value)),
        },
    };

    /// <summary>Refuses them for anything else.</summary>
    /// <exception cref="UsageException">One is given.</exception>
    internal void RequireNone(ParseResult parsed, string path)
    {
        foreach (var option in new Option[] { _input, _dimensions, _fill }.Where(option => parsed.GetResult(option) is { Implicit: false }))
            throw new UsageException($"{option.Name} goes with an ONNX file (.onnx); got {path}");
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string[]? texts) => (texts ?? []).Select(Pair).GroupBy(pair => pair.Name)
        .Select(group => group.Last());

    private static (string Name, string Value) Pair(string text)
    {
        int place = text.LastIndexOf('=');
        return place > 0 ? (text[..place], text[(place + 1)..]) : ("", "");
    }

    private static Option<string[]> Many(string name, string help, string description, Func<string, bool> fits)
    {
        var option = new Option<string[]>(name) { Description = $"{description} May be given several times.", HelpName = help };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Select(token => token.Value).FirstOrDefault(text => Pair(text).Name.Length == 0 || !fits(Pair(text).Value)) is { } wrong)
                result.AddError($"{name}: expected {help}; got {wrong}");
        });
        return option;
    }
}
