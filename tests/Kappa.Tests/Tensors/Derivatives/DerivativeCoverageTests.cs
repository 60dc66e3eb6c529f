using System.Reflection;
using Kappa.Networks;
using Kappa.Tensors;
using Kappa.Tensors.Differentiation;
using Kappa.Tensors.Kernels;

namespace Kappa.Tests.Tensors.Derivatives;

/// <summary>Fails when an operation exists that the registry of derivative cases does not exercise.</summary>
public sealed class DerivativeCoverageTests
{
    /// <summary>Public members that give a tensor and are not differentiable functions of one.</summary>
    private static readonly string[] NotDifferentiated =
    [
        nameof(Tensor.Zeros), nameof(Tensor.Ones), nameof(Tensor.Full), nameof(Tensor.Scalar), nameof(Tensor.From), nameof(Tensor.Normal),
            nameof(Tensor.Uniform),
        nameof(Tensor.Keep), nameof(Tensor.Clone), nameof(Tensor.To), nameof(Tensor.On), nameof(Tensor.Detach), "get_Gradient",
        nameof(Tensor.ArgMax), nameof(Tensor.ArgMin), nameof(Tensor.Equal), nameof(Tensor.NotEqual), nameof(Tensor.Less), nameof(Tensor.LessEqual),
            nameof(Tensor.Greater), nameof(Tensor.GreaterEqual),
    ];

    [Fact]
    public void Every_kind_of_graph_node_is_exercised()
    {
        var kinds = typeof(GraphNode).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(GraphNode)) && !type.IsAbstract);
        var missing = kinds.Except(Nodes().Select(node => node.GetType())).Select(type => type.Name);
        Assert.True(!missing.Any(), $"add cases to {nameof(DerivativeCases)} for: {string.Join(", ", missing)}");
    }

    [Fact]
    public void Every_elementwise_kernel_is_exercised()
    {
        var names = Nodes().Select(node => node.Name).ToHashSet();
        var missing = Enum.GetNames<UnaryKernel>().Concat(Enum.GetNames<BinaryKernel>()).Where(name => !names.Contains(name));
        Assert.True(!missing.Any(), $"add cases to {nameof(DerivativeCases)} for: {string.Join(", ", missing)}");
    }

    [Fact]
    public void Every_activation_is_exercised_in_a_fused_layer()
    {
        var names = Nodes().Select(node => node.Name).ToHashSet();
        foreach (var activation in Enum.GetNames<Activation>())
        {
            Assert.Contains(activation == nameof(Activation.Identity) ? "Linear" : $"Linear+{activation}", names);
            Assert.Contains(activation == nameof(Activation.Identity) ? "Conv2d" : $"Conv2d+{activation}", names);
        }
    }

    [Fact]
    public void Every_public_function_of_tensors_has_a_case()
    {
        var tensorFunctions = typeof(Tensor).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly);
        var losses = typeof(Loss).GetMethods(BindingFlags.Public | BindingFlags.Static);
        var public_ = tensorFunctions.Concat(losses).Where(method => method.ReturnType == typeof(Tensor)).Select(method => method.Name).Distinct();
        var missing = public_.Except(NotDifferentiated).Except(DerivativeCases.All.Select(entry => entry.Member));
        Assert.True(!missing.Any(), $"add cases to {nameof(DerivativeCases)} for: {string.Join(", ", missing)}");
    }

    private static List<GraphNode> Nodes()
    {
        using var scope = TensorScope.Begin();
        var found = new HashSet<GraphNode>();
        foreach (var entry in DerivativeCases.All)
        {
            var pending = new Stack<GraphNode>();
            pending.Push(entry.Apply(entry.Inputs(entry.DrawInputs(0), DataType.Float32, _ => true)).Producer!);
            while (pending.TryPop(out var node))
            {
                if (!found.Add(node))
                    continue;
                for (int i = 0; i < node.InputCount; i++)
                {
                    if (node.Input(i).Producer is { } producer)
                        pending.Push(producer);
                }
            }
        }

        return [.. found];
    }
}
