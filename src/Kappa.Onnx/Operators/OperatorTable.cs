namespace Kappa.Onnx.Operators;

/// <summary>The operators that are imported.</summary>
internal static class OperatorTable
{
    private static readonly string[] Quantised = ["QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger",
        "MatMulInteger"];

    private static readonly Dictionary<string, Func<NodeReader, Operator>> Builders = Collect();

    /// <summary>The names of all of them, sorted.</summary>
    internal static IEnumerable<string> Names => Builders.Keys.Order(StringComparer.Ordinal);

    /// <summary>Makes the operator of a node.</summary>
    /// <exception cref="OnnxException">The operator is not imported, or an attribute or an input of it is not what it takes.</exception>
    internal static Operator Create(NodeReader node)
    {
        if (node.HasSubgraph)
            throw node.Fault("it holds a graph of its own, as If, Loop and Scan do; Kappa imports graphs without branches and loops. Export the branch that "
                + "is taken");
        if (Quantised.Contains(node.Kind))
            throw node.Fault("it is a quantised operator; Kappa trains in Float32 and Float64. Import the model as it was before it was quantised");
        if (!Builders.TryGetValue(node.Kind, out var build))
            throw node.Fault($"Kappa does not import this operator. docs/onnx.md lists those that it does: {string.Join(", ", Names)}");
        var result = build(node);
        node.RequireAllRead();
        return result;
    }

    private static Dictionary<string, Func<NodeReader, Operator>> Collect()
    {
        var all = new Dictionary<string, Func<NodeReader, Operator>>(StringComparer.Ordinal);
        Activations.AddTo(all);
        Arithmetic.AddTo(all);
        Matrices.AddTo(all);
        Convolutions.AddTo(all);
        Pooling.AddTo(all);
        Normalizations.AddTo(all);
        Movement.AddTo(all);
        Indexing.AddTo(all);
        Reductions.AddTo(all);
        Shapes.AddTo(all);
        Logic.AddTo(all);
        return all;
    }
}
