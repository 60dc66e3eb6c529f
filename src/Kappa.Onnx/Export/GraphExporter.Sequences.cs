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
        long rows = (long)s.HeadsPerGroup * s.Queries;
        string q = Permuted(In(node, 0), [0, 2, 1, 3]), k = Permuted(In(node, 1), [0, 2, 3, 1]), v = Permuted(In(node, 2), [0, 2, 1, 3]);
        if (isShared)
            q = _builder.Add("", "Reshape", [q, _builder.Integers(0, s.Groups, rows, s.Width)]);
        string scores = _builder.Add("", "Mul", [_builder.Add("", "MatMul", [q, k]), _builder.Number(s.Scale, type)]);
        if (s.Causal)
            scores = _builder.Add("", "Add", [scores, Mask(node)]);
        string seen = _builder.Add("", "MatMul", [_builder.Add("", "Softmax", [scores], GraphBuilder.Int("axis", -1)), v]);
        if (isShared)
            seen = _builder.Add("", "Reshape", [seen, _builder.Integers(0, s.Heads, s.Queries, s.Width)]);
        return Permuted(seen, [0, 2, 1, 3]);
    }

    /// <summary>What is added to scores: nothing, or so much less than zero that the key is not seen.</summary>
    private string Mask(AttentionNode node)
    {
        var s = node.Shape;
        double[] values = new double[s.HeadsPerGroup * s.Queries * s.Keys];
        for (int i = 0; i < values.Length; i++)
            values[i] = i % s.Keys < s.Visible(i / s.Keys % s.Queries) ? 0 : float.MinValue / 2;
        using var exact = Tensor.From(values, [s.HeadsPerGroup * s.Queries, s.Keys]);
        using var mask = exact.To(node.Input(0).DataType);
        return _builder.Values(mask);
    }

    private string Rotation(RotateNode node)
    {
        var x = node.Input(0);
        int half = x.Shape[3] / 2;
        var twin = (RotateNode)_pair.Twin(node);
        string all = In(node, 0), cosines = Table(node.Cosines, twin.Cosines), sines = Table(node.Sines, twin.Sines);
        string a = Part(all, 3, 0, half), b = Part(all, 3, half, 2 * half);
        string first = _builder.Add("", "Add", [Times(a, cosines), Times(b, sines)]), second = _builder.Add("", "Sub", [Times(b, cosines), Times(a, sines)]);
        return _builder.Add("", "Concat", [first, second], GraphBuilder.Int("axis", 3));

        string Times(string left, string right) => _builder.Add("", "Mul", [left, right]);

        string Table(Tensor table, Tensor other)
        {
            _ = _pair.RequireConstant(table, node.Name, other);
            using var quiet = NoGradient.Begin();
            using var rows = table.Slice(0, 0, x.Shape[1]);
            using var spread = rows.Reshape([x.Shape[1], 1, half]);
            return _builder.Values(spread);
        }
    }
}
