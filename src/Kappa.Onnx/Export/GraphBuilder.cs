namespace Kappa.Onnx.Export;

/// <summary>Collects the nodes and weights of a file.</summary>
/// <param name="opset">The version of the operators.</param>
internal sealed class GraphBuilder(int opset)
{
    private readonly GraphProto _graph = new() { Name = "kappa" };
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);
    private readonly HashSet<string> _initializers = new(StringComparer.Ordinal);

    internal GraphProto Graph => _graph;

    internal int Opset => opset;

    /// <summary>Keeps a name from being given to anything else.</summary>
    /// <returns>Whether it was free.</returns>
    internal bool Reserve(string name) => _names.Add(name);

    /// <summary>Adds a weight under its own name.</summary>
    internal string Weight(string name, Tensor tensor)
    {
        if (_initializers.Add(name))
            _graph.Initializer.Add(TensorWriter.Write(name, tensor));
        return name;
    }

    /// <summary>Adds a node.</summary>
    /// <param name="path">Where in the model it stands; empty for nowhere in particular.</param>
    /// <param name="kind">The operator.</param>
    /// <param name="inputs">Its inputs; empty for one that is left out.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <returns>The name of its output.</returns>
    internal string Add(string path, string kind, string[] inputs, params AttributeProto[] attributes)
    {
        string name = Unique(path.Length == 0 ? $"/{kind}" : $"/{path.Replace('.', '/')}/{kind}"), output = Unique($"{name}_output");
        var node = new NodeProto { Name = name, OpType = kind };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
        return output;
    }

    /// <summary>A constant list of integers.</summary>
    internal string Integers(params long[] values) => Constant(
        $"[{string.Join(",", values)}]", () => TensorWriter.Write("", values, values.Length));

    /// <summary>A constant integer.</summary>
    internal string Integer(long value) => Constant(value.ToString(CultureInfo.InvariantCulture), () => TensorWriter.Write("", [value]));

    /// <summary>A constant number.</summary>
    internal string Number(double value, DataType type) => Constant(
        string.Create(CultureInfo.InvariantCulture, $"{value:R} {type}"), () =>
        {
            using var scalar = Tensor.Scalar(value, type);
            return TensorWriter.Write("", scalar);
        });

    /// <summary>A constant tensor.</summary>
    internal string Values(Tensor tensor) => Constant(null, () => TensorWriter.Write("", tensor));

    /// <summary>Gives a value another name.</summary>
    internal void Rename(string from, string to)
    {
        foreach (var node in _graph.Node)
        {
            for (int i = 0; i < node.Output.Count; i++)
                node.Output[i] = node.Output[i] == from ? to : node.Output[i];
            for (int i = 0; i < node.Input.Count; i++)
                node.Input[i] = node.Input[i] == from ? to : node.Input[i];
        }
    }

    internal static AttributeProto Int(string name, long value) => new() { Name = name, I = value, Type = 2 };

    internal static AttributeProto Number(string name, double value) => new() { Name = name, F = (float)value, Type = 1 };

    internal static AttributeProto Ints(string name, params long[] values)
    {
        var result = new AttributeProto { Name = name, Type = 7 };
        result.Ints.AddRange(values);
        return result;
    }

    private string Constant(string? key, Func<TensorProto> make)
    {
        if (key is not null && _constants.TryGetValue(key, out string? known))
            return known;
        string output = Add("", "Constant", [], new AttributeProto { Name = "value", T = make(), Type = 4 });
        if (key is not null)
            _constants.Add(key, output);
        return output;
    }

    private string Unique(string name)
    {
        string result = name;
        for (int i = 1; !_names.Add(result); i++)
            result = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
        return result;
    }
}
