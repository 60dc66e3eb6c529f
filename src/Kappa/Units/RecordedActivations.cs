using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Units;

/// <summary>The activations of a model on some inputs, in the order of the forward pass: of modules that are one, and of operations within other
/// modules.</summary>
internal sealed class RecordedActivations : IDisposable
{
    private readonly RecordedGraph _graph;

    private RecordedActivations(RecordedGraph graph, IReadOnlyList<(string Path, Tensor Output)> all) => (_graph, All) = (graph, all);

    /// <summary>The outputs, <c>[batch, units]</c>, <c>[batch, channels, height, width]</c> or with the units last, each with the path of the module whose
    /// output it is, or of the layer in front of it.</summary>
    internal IReadOnlyList<(string Path, Tensor Output)> All { get; }

    internal static RecordedActivations Of(Module model, Tensor inputs)
    {
        var paths = new Dictionary<Module, string>(ReferenceEqualityComparer.Instance);
        foreach (var (path, module) in model.Modules())
            _ = paths.TryAdd(module, path);
        var modules = new List<(string Path, Tensor Output)>();
        var pathOf = new Dictionary<Tensor, string>(ReferenceEqualityComparer.Instance);
        var inside = new HashSet<GraphNode>();
        RecordedGraph graph;
        using (ForwardProbe.Begin((module, input, output) =>
        {
            if (!paths.TryGetValue(module, out string? path))
                return;
            _ = pathOf.TryAdd(output, path);
            if (module is ActivationModule or LeakyReLU or PReLU or CReLU or GroupSort or MaxMin)
            {
                modules.Add((path, output));
                Cover(output, input, inside);
            }
        }))
        {
            graph = RecordedGraph.Of(model, inputs);
        }

        var order = graph.Nodes.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        var others = graph.Nodes.Where(node => IsActivation(node) && !inside.Contains(node)).Select(graph.OutputOf)
            .Select(output => (pathOf.GetValueOrDefault(output) ?? LayerInFrontOf(output.Producer!, graph), output));
        return new RecordedActivations(graph, [.. modules.Concat(others).OrderBy(entry => Place(entry.Item2))]);

        int Place(Tensor output) => output.Producer is { } producer && order.TryGetValue(producer, out int place) ? place : -1;
    }

    public void Dispose() => _graph.Dispose();

    /// <summary>Notes the operations between what a module took and what it gave.</summary>
    private static void Cover(Tensor output, Tensor input, HashSet<GraphNode> inside)
    {
        var waiting = new Stack<Tensor>([output]);
        while (waiting.TryPop(out var tensor))
        {
            if (tensor == input || tensor.Producer is not { } node || !inside.Add(node))
                continue;
            for (int i = 0; i < node.InputCount; i++)
                waiting.Push(node.Input(i));
        }
    }

    private static bool IsActivation(GraphNode node) => node switch
    {
        ActivatedNode layer => IsActivation(layer.Activation),
        UnaryNode unary => IsActivation(unary.Kernel),
        _ => false,
    };

    private static bool IsActivation(UnaryKernel kernel) =>
        kernel is UnaryKernel.Relu or UnaryKernel.Tanh or UnaryKernel.Sigmoid or UnaryKernel.Gelu or UnaryKernel.Silu or UnaryKernel.SquaredRelu;

    private static string LayerInFrontOf(GraphNode activation, RecordedGraph graph)
    {
        for (var node = activation; node is not null; node = node.Input(0).Producer)
        {
            if (node is LinearNode or Conv2dNode or MatMulNode && graph.NameOf(node.Input(1)) is { } name)
                return name.EndsWith(".weight", StringComparison.Ordinal) ? name[..^".weight".Length] : name;
        }

        return activation.Name;
    }
}
