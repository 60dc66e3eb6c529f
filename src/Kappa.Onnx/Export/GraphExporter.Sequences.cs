using Kappa.Tensors.Operations;

namespace Kappa.Onnx.Export;

/// <content>Attention and rotations, which ONNX has no operator for in the versions that are written.</content>
internal sealed partial class GraphExporter
{
    /// <summary>softmax(q k^T / sqrt(width)) v, for each head, written out. Query heads that share a key head lie behind each other in one matrix.</summary>
    private string Attention(AttentionNode node)
    {
        var s = node.Shape;
        var type = node.Input(0).DataType;
        bool isShared = s.Groups != s.Heads;
        string q = Permuted(In(node, 0), [0, 2, 1, 3]), k = Permuted(In(node, 1), [0, 2, 3, 1]), v = Permuted(In(node, 2), [0, 2, 1, 3]);
        if (isShared)
            q = _builder.Add("", "Reshape", [q, _builder.Integers(0, s.Groups, -1, s.Width)]);
        string scores = _builder.Add("", "Mul", [_builder.Add("", "MatMul", [q, k]), _builder.Number(s.Scale, type)]);
        if (s.Causal)
            scores = _builder.Add("", "Add", [scores, Mask(node)]);
        string seen = _builder.Add("", "MatMul", [_builder.Add("", "Softmax", [scores], GraphBuilder.Int("axis", -1)), v]);
        if (isShared)
            seen = _builder.Add("", "Reshape", [seen, _builder.Integers(0, s.Heads, -1, s.Width)]);
        return Permuted(seen, [0, 2, 1, 3]);
    }

    /// <summary>What is added to scores: nothing, or so much less than zero that the key is not seen.</summary>
    private string Mask(AttentionNode node)
    {
        var s = node.Shape;
        var (queries, keys) = (_runs.LengthOf(node.Input(0), 1), _runs.LengthOf(node.Input(1), 1));
        if (queries.IsOpen || keys.IsOpen)
            return queries == keys ? OpenMask(node, queries) : throw _runs.Fault($"its {node.Name} hides keys from queries that are not as many");
        double[] values = new double[s.HeadsPerGroup * s.Queries * s.Keys];
        for (int i = 0; i < values.Length; i++)
            values[i] = i % s.Keys < s.Visible(i / s.Keys % s.Queries) ? 0 : float.MinValue / 2;
        using var exact = Tensor.From(values, [s.HeadsPerGroup * s.Queries, s.Keys]);
        using var mask = exact.To(node.Input(0).DataType);
        return _builder.Values(mask);
    }

    /// <summary>The same for any number of positions: a query sees its own key and those in front of it.</summary>
    private string OpenMask(AttentionNode node, AxisLength length)
    {
        var type = node.Input(0).DataType;
        string count = _builder.Add("", "Squeeze", [ListOf(length)]);
        string places = _builder.Add("", "Range", [_builder.Integer(0), count, _builder.Integer(1)]);
        string rows = _builder.Add("", "Unsqueeze", [places, _builder.Integers(1)]), columns = _builder.Add("", "Unsqueeze", [places, _builder.Integers(0)]);
        string seen = _builder.Add("", "LessOrEqual", [columns, rows]);
        string mask = _builder.Add("", "Where", [seen, _builder.Number(0, type), _builder.Number(float.MinValue / 2, type)]);
        return node.Shape.HeadsPerGroup == 1 ? mask : _builder.Add("", "Tile", [mask, _builder.Integers(node.Shape.HeadsPerGroup, 1)]);
    }

    private string Rotation(RotateNode node)
    {
        var x = node.Input(0);
        int half = x.Shape[3] / 2;
        string all = In(node, 0), cosines = Table(node.Cosines, twin => twin.Cosines), sines = Table(node.Sines, twin => twin.Sines);
        string a = Part(all, 3, 0, half), b = Part(all, 3, half, 2 * half);
        string first = _builder.Add("", "Add", [Times(a, cosines), Times(b, sines)]), second = _builder.Add("", "Sub", [Times(b, cosines), Times(a, sines)]);
        return _builder.Add("", "Concat", [first, second], GraphBuilder.Int("axis", 3));

        string Times(string left, string right) => _builder.Add("", "Mul", [left, right]);

        string Table(Tensor table, Func<RotateNode, Tensor> twin)
        {
            _ = _runs.RequireConstant(table, node.Name, _runs.Variations.Select(variation => twin((RotateNode)variation.Twin(node))));
            var positions = _runs.LengthOf(x, 1);
            int rows = positions.IsOpen ? table.Shape[0] : x.Shape[1];
            using var quiet = NoGradient.Begin();
            using var used = table.Slice(0, 0, rows);
            using var spread = used.Reshape([rows, 1, half]);
            string values = _builder.Values(spread);
            return positions.IsOpen ? Part(values, 0, _builder.Integers(0), ListOf(positions)) : values;
        }
    }
}
