using Kappa.Tensors.Kernels;
using Kappa.Tensors.Operations;

namespace Kappa.Onnx.Export;

/// <content>Elementwise operations and reductions.</content>
internal sealed partial class GraphExporter
{
    private const int GeluIsAnOperator = 20;

    private static string KindOf(BinaryKernel kernel) => kernel switch
    {
        BinaryKernel.Add => "Add",
        BinaryKernel.Subtract => "Sub",
        BinaryKernel.Multiply => "Mul",
        _ => "Div",
    };

    private string Unary(UnaryKernel kernel, string x, DataType type) => kernel switch
    {
        UnaryKernel.Identity => _builder.Add("", "Identity", [x]),
        UnaryKernel.Negate => _builder.Add("", "Neg", [x]),
        UnaryKernel.Square => _builder.Add("", "Mul", [x, x]),
        UnaryKernel.Silu => _builder.Add("", "Mul", [x, _builder.Add("", "Sigmoid", [x])]),
        UnaryKernel.SquaredRelu => Squared(_builder.Add("", "Relu", [x])),
        UnaryKernel.Gelu when _builder.Opset >= GeluIsAnOperator => _builder.Add("", "Gelu", [x]),
        UnaryKernel.Gelu => Gelu(x, type),
        UnaryKernel.Exp or UnaryKernel.Log or UnaryKernel.Sqrt or UnaryKernel.Abs or UnaryKernel.Reciprocal or UnaryKernel.Relu or UnaryKernel.Tanh
            or UnaryKernel.Sigmoid or UnaryKernel.Erf or UnaryKernel.Sin or UnaryKernel.Cos => _builder.Add("", kernel.ToString(), [x]),
        _ => throw _runs.Fault($"it runs {kernel}, which has no operator in ONNX that Kappa writes"),
    };

    private string Squared(string x) => _builder.Add("", "Mul", [x, x]);

    /// <summary>x (1 + erf(x / sqrt(2))) / 2, as exporters wrote it before there was an operator.</summary>
    private string Gelu(string x, DataType type)
    {
        string erf = _builder.Add("", "Erf", [_builder.Add("", "Div", [x, _builder.Number(Math.Sqrt(2), type)])]);
        string product = _builder.Add("", "Mul", [x, _builder.Add("", "Add", [erf, _builder.Number(1, type)])]);
        return _builder.Add("", "Mul", [product, _builder.Number(0.5, type)]);
    }

    private string Affine(AffineNode node)
    {
        string x = In(node, 0);
        var type = node.Input(0).DataType;
        if (node.Divisor != 1)
            return Add(node, "Div", [x, _builder.Number(node.Divisor, type)]);
        string scaled = node.Scale == 1 && node.Offset != 0 ? x : Add(node, "Mul", [x, _builder.Number(node.Scale, type)]);
        return node.Offset == 0 ? scaled : Add(node, "Add", [scaled, _builder.Number(node.Offset, type)]);
    }

    private string Choice(WhereNode node)
    {
        string[] parts = [In(node, 0), In(node, 1)];
        if (node.Name is "Maximum" or "Minimum")
            return Add(node, node.Name == "Maximum" ? "Max" : "Min", parts);
        string answers = NameOf(node.Condition, node, twin => ((WhereNode)twin).Condition);
        string condition = _builder.Add("", "Cast", [answers], GraphBuilder.Int("to", (long)Format.ElementType.Bool));
        return Add(node, "Where", [condition, .. parts]);
    }

    private string Reduction(ReductionNode node)
    {
        bool keep = node.Axis is not null && node.Shape.Rank == node.Input(0).Rank;
        return node.IsMean
            ? Reduce("ReduceMean", In(node, 0), node.Axis is { } axis ? [axis] : [], keep, _builder.Opset >= 18)
            : Reduce("ReduceSum", In(node, 0), node.Axis is { } other ? [other] : [], keep, axesAreAnInput: true);
    }

    /// <summary>Reduces over axes, or over all where none is named.</summary>
    private string Reduce(string kind, string x, long[] axes, bool keep, bool axesAreAnInput)
    {
        var kept = GraphBuilder.Int("keepdims", keep ? 1 : 0);
        return axes.Length == 0 ? _builder.Add("", kind, [x], kept)
            : axesAreAnInput ? _builder.Add("", kind, [x, _builder.Integers(axes)], kept)
            : _builder.Add("", kind, [x], GraphBuilder.Ints("axes", axes), kept);
    }
}
