using Kappa.Onnx.Values;

namespace Kappa.Onnx.Operators;

/// <summary>One node of a file, while its operator is made.</summary>
/// <param name="path">The file.</param>
/// <param name="node">The node.</param>
/// <param name="index">Its place among the nodes of the file.</param>
/// <param name="opset">The version of the operator set.</param>
/// <param name="known">The value of an input that does not depend on what the model is run on; null for any other.</param>
internal sealed class NodeReader(string path, NodeProto node, int index, long opset, Func<string, Value?> known)
{
    private readonly HashSet<string> _read = [];

    internal string Kind => node.OpType;

    internal long Opset => opset;

    internal int InputCount => node.Input.Count;

    internal int OutputCount => node.Output.Count;

    internal bool HasSubgraph => node.Attribute.Any(attribute => attribute.G is not null || attribute.Graphs.Count > 0)
        || node.OpType is "If" or "Loop" or "Scan";

    /// <summary>An activation that the operator is asked to apply to its result, where it can.</summary>
    internal Activation Fused { get; set; }

    /// <summary>The parts of the file that the operator makes of its own: a parameter's or buffer's tensor by the place of the input.</summary>
    internal Func<int, Tensor?> Buffer { get; init; } = _ => null;

    /// <summary>Where the node is, for messages.</summary>
    internal string Place => Describe(node, index, opset);

    internal static string Describe(NodeProto node, int index, long opset)
    {
        string name = node.Name.Length > 0 ? OnnxException.Quote(node.Name) : string.Create(CultureInfo.InvariantCulture, $"{index}");
        return string.Create(CultureInfo.InvariantCulture, $"node {name} ({OnnxException.Quote(node.OpType)[1..^1]}, opset {opset})");
    }

    internal OnnxException Fault(string message, Exception? inner = null) => new(path, $"{Place}: {message}", inner);

    /// <summary>Checks how many inputs there are, the first ones of which must be given.</summary>
    internal NodeReader Takes(int least, int most)
    {
        if (InputCount < least || InputCount > most || node.Input.Take(least).Any(name => name.Length == 0))
        {
            string expected = least == most ? $"{least}" : most == int.MaxValue ? $"{least} or more" : $"{least} to {most}";
            throw Fault($"it has {node.Input.Count(name => name.Length > 0)} inputs; expected {expected}");
        }

        return this;
    }

    /// <summary>Checks how many outputs are asked for.</summary>
    internal NodeReader Gives(int most)
    {
        if (node.Output.Skip(most).Any(name => name.Length > 0))
            throw Fault($"it has {OutputCount} outputs; Kappa gives {most}");
        return this;
    }

    internal bool HasInput(int input) => input < InputCount && node.Input[input].Length > 0;

    internal Value? Known(int input) => HasInput(input) ? known(node.Input[input]) : null;

    /// <summary>The number that an input is whatever the model is run on; null for any other.</summary>
    internal double? KnownNumber(int input) => Known(input) is Numbers { Tensor: { Count: 1, Rank: <= 1 } tensor } ? tensor.ElementAsDouble(0) : null;

    internal bool HasAttribute(string name) => Find(name) is not null;

    internal long Int(string name, long fallback) => Find(name) is { } found ? found.I : fallback;

    internal int Small(string name, int fallback)
    {
        long value = Int(name, fallback);
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Fault($"its {name} is {value}, which is out of range");
    }

    internal bool Flag(string name, bool fallback) => Int(name, fallback ? 1 : 0) != 0;

    internal double Number(string name, double fallback)
    {
        double value = Find(name) is { } found ? found.F : fallback;
        return double.IsFinite(value) ? value : throw Fault($"its {name} is {value}; expected a finite number");
    }

    internal string Text(string name, string fallback) => Find(name) is { } found ? found.S.ToStringUtf8() : fallback;

    internal int[]? Ints(string name)
    {
        if (Find(name) is not { } found)
            return null;
        foreach (long value in found.Ints)
        {
            if (value is < int.MinValue or > int.MaxValue)
                throw Fault($"its {name} holds {value}, which is out of range");
        }

        return [.. found.Ints.Select(value => (int)value)];
    }

    /// <summary>An attribute that is a number, list or tensor.</summary>
    internal AttributeProto? Find(string name)
    {
        _ = _read.Add(name);
        var found = node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
        return found is { RefAttrName.Length: > 0 } ? throw Fault($"its {name} is that of a function, which Kappa does not import") : found;
    }

    /// <summary>Notes attributes that say nothing that matters here.</summary>
    internal NodeReader Ignores(params string[] names)
    {
        _read.UnionWith(names);
        return this;
    }

    /// <summary>Reads a tensor of an attribute.</summary>
    internal Value Read(TensorProto tensor) => new TensorReader(path).Read(tensor, $"{Place}: its tensor");

    /// <summary>Refuses an attribute that the operator did not look at: it could mean anything.</summary>
    internal void RequireAllRead()
    {
        if (node.Attribute.FirstOrDefault(attribute => !_read.Contains(attribute.Name)) is { } unknown)
            throw Fault($"its attribute {OnnxException.Quote(unknown.Name)} is not known; expected "
                + $"{(_read.Count == 0 ? "none" : string.Join(", ", _read.Order()))}");
    }
}
