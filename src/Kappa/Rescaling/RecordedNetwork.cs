using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;

namespace Kappa.Rescaling;

/// <summary>A network's operations, from one run in evaluation mode on an example of ones.</summary>
internal sealed class RecordedNetwork : IDisposable
{
    private readonly Dictionary<GraphNode, Tensor> _outputs = [];
    private readonly TensorScope _scope;

    internal RecordedNetwork(Module model, RescalingOptions options)
    {
        Parameters = model.Parameters();
        Names = model.StateDict().DistinctBy(entry => entry.Value).ToDictionary(entry => entry.Value, entry => entry.Key);
        foreach (var parameter in Parameters)
            Names[parameter.Tensor] = parameter.Name;
        ParameterTensors = Parameters.Select(parameter => parameter.Tensor).ToHashSet();
        FiniteParameters.Require(Parameters);
        _scope = TensorScope.Begin();
        try
        {
            Input = ExampleInput.Create(model, options);
            Output = Run(model, Input);
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

    internal Tensor Input { get; } = null!;

    internal Tensor Output { get; } = null!;

    /// <summary>The operations, each after those that it was computed from.</summary>
    internal IReadOnlyList<GraphNode> Nodes { get; } = [];

    internal IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The paths of parameters and buffers.</summary>
    internal Dictionary<Tensor, string> Names { get; }

    internal HashSet<Tensor> ParameterTensors { get; }

    internal Tensor OutputOf(GraphNode node) => _outputs[node];

    public void Dispose()
    {
        Input?.Dispose();
        _scope.Dispose();
    }

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

    private static Tensor Run(Module model, Tensor input)
    {
        int paused = Recording.Start();
        try
        {
            return Evaluate(model, input);
        }
        catch (TensorShapeException error)
        {
            throw new ArgumentException(
                $"the model does not take an example of {input.Shape} (of ones): {error.Message}. Give the shape of one input, without the batch, as RescalingOptions.InputShape", nameof(model), error);
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
