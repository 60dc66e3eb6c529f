using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;

namespace Kappa.Units;

/// <summary>The operations that a model ran, whichever modules they stand in.</summary>
/// <remarks>
/// Operations are recorded that lie between the input, or a parameter that requires a gradient, and the output. What a module computes outside of tensors, or
/// behind <see cref="Tensor.Detach"/> and <see cref="NoGradient"/>, is not seen. The tensors live until the graph is disposed.
/// </remarks>
public sealed class RecordedGraph : IDisposable
{
    private readonly Dictionary<GraphNode, Tensor> _outputs = [];
    private readonly TensorScope _scope;

    private RecordedGraph(Module model, Func<Tensor> input, Func<Tensor, Tensor> run)
    {
        Parameters = model.Parameters();
        Names = model.StateDict().DistinctBy(entry => entry.Value).ToDictionary(entry => entry.Value, entry => entry.Key);
        foreach (var parameter in Parameters)
            Names[parameter.Tensor] = parameter.Name;
        ParameterTensors = Parameters.Select(parameter => parameter.Tensor).ToHashSet();
        _scope = TensorScope.Begin();
        try
        {
            Input = input();
            Output = Record(run, Input);
            Nodes = List(Output);
        }
        catch
        {
            Dispose();
            throw;
        }

        foreach (var node in Nodes)
        {
            for (int i = 0; i < node.InputCount; i++)
            {
                if (node.Input(i).Producer is { } producer)
                    _outputs[producer] = node.Input(i);
            }
        }

        if (Output.Producer is { } last)
            _outputs[last] = Output;
    }

    /// <summary>What the model was run on.</summary>
    public Tensor Input { get; } = null!;

    /// <summary>What it gave.</summary>
    public Tensor Output { get; } = null!;

    /// <summary>The operations, each after those that it was computed from.</summary>
    public IReadOnlyList<RecordedOperation> Operations =>
        [.. Nodes.Select(node => new RecordedOperation(node.Name, [.. Enumerable.Range(0, node.InputCount).Select(node.Input)], OutputOf(node)))];

    internal IReadOnlyList<GraphNode> Nodes { get; } = [];

    internal IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The paths of parameters and buffers.</summary>
    internal Dictionary<Tensor, string> Names { get; }

    internal HashSet<Tensor> ParameterTensors { get; }

    /// <summary>Runs a model, in the mode that it is in, and records it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">Its input, <c>[batch, ...]</c>.</param>
    /// <exception cref="TensorShapeException">The model does not take it.</exception>
    public static RecordedGraph Of(Module model, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(input);
        return new RecordedGraph(model, () => Leaf(input), model.Forward);
    }

    /// <summary>The path of a parameter or a buffer of the model, such as <c>block0.attention.query.weight</c>; null for any other tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    public string? NameOf(Tensor tensor) => Names.GetValueOrDefault(tensor);

    /// <summary>Gives the memory of the tensors back.</summary>
    public void Dispose()
    {
        Input?.Dispose();
        _scope.Dispose();
    }

    /// <summary>Runs a model in evaluation mode, whichever it is in, and records it.</summary>
    internal static RecordedGraph OfEvaluation(Module model, Tensor input) => new(model, () => Leaf(input), leaf => Evaluate(model, leaf));

    /// <summary>Runs a model in evaluation mode on one example of ones.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputShape">The shape of one input, without the batch; null reads it off the first layer.</param>
    /// <param name="setting">Where a shape is given, for messages.</param>
    /// <exception cref="ArgumentException">The shape does not fit, or cannot be read off.</exception>
    internal static RecordedGraph OfExample(Module model, IReadOnlyList<int>? inputShape, string setting)
    {
        return new RecordedGraph(model, () => ExampleInput.Create(model, inputShape, setting), Run);

        Tensor Run(Tensor input)
        {
            try
            {
                return Evaluate(model, input);
            }
            catch (TensorShapeException error)
            {
                throw new ArgumentException(
                    $"the model does not take an example of {input.Shape} (of ones): {error.Message}. "
                    + $"Give the shape of one input, without the batch, as {setting}", nameof(model), error);
            }
        }
    }

    internal Tensor OutputOf(GraphNode node) => _outputs[node];

    /// <summary>Runs a model in evaluation mode, and puts every module back into the mode it was in.</summary>
    internal static Tensor Evaluate(Module model, Tensor input)
    {
        var modes = model.Modules().Select(entry => (entry.Module, entry.Module.Training)).ToArray();
        model.Eval();
        try
        {
            return model.Forward(input);
        }
        finally
        {
            // From the top down, because a module sets those inside it.
            foreach (var (module, training) in modes)
            {
                if (module.Training == training)
                    continue;
                if (training)
                    module.Train();
                else
                    module.Eval();
            }
        }
    }

    private static Tensor Leaf(Tensor input)
    {
        var leaf = input.Detach();
        if (leaf.DataType.IsFloating())
            leaf.RequiresGradient = true;
        return leaf;
    }

    private static Tensor Record(Func<Tensor, Tensor> run, Tensor input)
    {
        int paused = Recording.Start();
        try
        {
            return run(input);
        }
        finally
        {
            Recording.Restore(paused);
        }
    }

    private static List<GraphNode> List(Tensor output)
    {
        var order = new GraphOrder();
        var nodes = new List<GraphNode>();
        if (output.Producer is not { } root)
            return nodes;
        order.Fill(root);
        for (int i = 0; i < order.Count; i++)
            nodes.Add(order[i]);
        order.Clear();
        return nodes;
    }
}
