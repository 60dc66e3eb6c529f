using Kappa.Onnx.Operators;

namespace Kappa.Onnx.Import;

/// <summary>What makes each value of a graph, and in which order.</summary>
internal sealed class GraphNames
{
    private readonly string _path;
    private readonly GraphProto _graph;
    private readonly long _opset;
    private readonly Dictionary<string, int> _producers = new(StringComparer.Ordinal);

    internal GraphNames(string path, GraphProto graph, long opset)
    {
        (_path, _graph, _opset) = (path, graph, opset);
        foreach (var initializer in graph.Initializer)
        {
            if (initializer.Name.Length == 0)
                throw Fault("an initializer has no name");
            if (!Initializers.TryAdd(initializer.Name, initializer))
                throw Twice(initializer.Name, "initializers");
        }

        foreach (var input in graph.Input)
        {
            if (!Declared.TryAdd(input.Name, input))
                throw Twice(input.Name, "inputs");
        }

        foreach (var (index, node) in graph.Node.Index())
        {
            foreach (string output in node.Output.Where(output => output.Length > 0))
            {
                if (Initializers.ContainsKey(output) || Declared.ContainsKey(output) || !_producers.TryAdd(output, index))
                    throw Twice(output, "values");
            }
        }
    }

    internal Dictionary<string, TensorProto> Initializers { get; } = new(StringComparer.Ordinal);

    /// <summary>What stands among the inputs, initializers that do included.</summary>
    internal Dictionary<string, ValueInfoProto> Declared { get; } = new(StringComparer.Ordinal);

    /// <summary>The nodes that a value depends on, each after those that it depends on itself.</summary>
    /// <exception cref="OnnxException">A value that is read is made by nothing, or by itself.</exception>
    internal List<int> Order(string output)
    {
        const int Untouched = 0, Open = 1, Done = 2;
        var order = new List<int>();
        if (!_producers.TryGetValue(output, out int last))
            return Exists(output) ? order : throw Fault($"nothing makes its output {OnnxException.Quote(output)}");
        int[] state = new int[_graph.Node.Count];
        // Depth first, without recursion: a chain of nodes may be long.
        var path = new Stack<(int Node, int NextInput)>([(last, 0)]);
        state[last] = Open;
        while (path.TryPop(out var place))
        {
            var node = _graph.Node[place.Node];
            if (place.NextInput == node.Input.Count)
            {
                state[place.Node] = Done;
                order.Add(place.Node);
                continue;
            }

            path.Push((place.Node, place.NextInput + 1));
            string input = node.Input[place.NextInput];
            if (input.Length == 0 || Exists(input))
                continue;
            if (!_producers.TryGetValue(input, out int producer))
                throw Fault($"{Named(place.Node)} reads {OnnxException.Quote(input)}, which nothing makes. Is the file whole?");
            if (state[producer] == Open)
                throw Fault($"{Named(place.Node)} reads {OnnxException.Quote(input)}, which depends on what it makes itself: the graph has a cycle");
            if (state[producer] == Untouched)
            {
                state[producer] = Open;
                path.Push((producer, 0));
            }
        }

        return order;
    }

    private bool Exists(string name) => Initializers.ContainsKey(name) || Declared.ContainsKey(name);

    private string Named(int index) => NodeReader.Describe(_graph.Node[index], index, _opset);

    private OnnxException Twice(string name, string among) => Fault($"the name {OnnxException.Quote(name)} stands twice among its {among}; expected one of "
        + $"each name");

    private OnnxException Fault(string message) => new(_path, message);
}
