namespace Kappa.Onnx.Import;

/// <summary>Which weights of a graph are those of linear layers and convolutions.</summary>
internal static class LayerFinder
{
    /// <summary>The weights [in, out] that only products read, as their right operand: they are held [out, in], as layers hold theirs.</summary>
    /// <param name="nodes">The nodes that are run.</param>
    /// <param name="nameOf">The value that a name stands for.</param>
    internal static HashSet<string> RightOperands(IReadOnlyList<NodeProto> nodes, Func<string, string> nameOf)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var others = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            for (int i = 0; i < node.Input.Count; i++)
                _ = (i == 1 && IsPlainProduct(node) ? found : others).Add(nameOf(node.Input[i]));
        }

        found.ExceptWith(others);
        return found;
    }

    /// <summary>The layer that a node is; null where it is none.</summary>
    /// <param name="node">The node.</param>
    /// <param name="parameter">The parameter that an input is; null for any other.</param>
    /// <param name="isTransposed">Whether the weight is held [out, in] though the file has it the other way.</param>
    internal static LayerWeight? Of(NodeProto node, Func<int, Tensor?> parameter, bool isTransposed)
    {
        if (node.Input.Count < 2 || parameter(1) is not { } weight)
            return null;
        return node.OpType switch
        {
            "Conv" when weight.Rank == 4 && Integer(node, "group", 1) == 1 => new LayerWeight("", weight, null, LayerWeightKind.Convolution),
            "MatMul" when isTransposed => new LayerWeight("", weight, null, LayerWeightKind.Linear),
            "Gemm" when Integer(node, "transA", 0) == 0 && weight.Rank == 2 && (isTransposed || Integer(node, "transB", 0) != 0) =>
                new LayerWeight("", weight, IsPlain(node) ? Bias(node, parameter, weight) : null, LayerWeightKind.Linear),
            _ => null,
        };
    }

    private static bool IsPlainProduct(NodeProto node) => node.OpType == "MatMul"
        || (node.OpType == "Gemm" && Integer(node, "transA", 0) == 0 && Integer(node, "transB", 0) == 0);

    private static bool IsPlain(NodeProto node) => Factor(node, "alpha") == 1 && Factor(node, "beta") == 1;

    private static Tensor? Bias(NodeProto node, Func<int, Tensor?> parameter, Tensor weight) =>
        node.Input.Count > 2 && parameter(2) is { Rank: 1 } bias && bias.Count == weight.Shape[0] ? bias : null;

    private static long Integer(NodeProto node, string name, long fallback) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.I ?? fallback;

    private static float Factor(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.F ?? 1;
}
