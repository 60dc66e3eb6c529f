using Google.Protobuf;

namespace Kappa.Onnx.Tests;

/// <summary>Writes files as other programs do.</summary>
internal sealed class Graphs
{
    private readonly ModelProto _model = new() { IrVersion = 8, ProducerName = "test", Graph = new GraphProto { Name = "g" } };

    internal Graphs(long opset = 17) => _model.OpsetImport.Add(new OperatorSetProto { Version = opset });

    internal ModelProto Model => _model;

    internal GraphProto Graph => _model.Graph;

    internal Graphs Input(string name, ElementType type, params object[] lengths)
    {
        Graph.Input.Add(Info(name, type, lengths));
        return this;
    }

    internal Graphs Output(string name)
    {
        Graph.Output.Add(Info(name, ElementType.Float, []));
        Graph.Output[^1].Type.TensorType.Shape = null;
        return this;
    }

    internal Graphs Weight(string name, float[] values, params long[] dims)
    {
        var tensor = new TensorProto { Name = name, DataType = 1, RawData = ByteString.CopyFrom([.. values.SelectMany(BitConverter.GetBytes)]) };
        tensor.Dims.AddRange(dims);
        Graph.Initializer.Add(tensor);
        return this;
    }

    internal Graphs Random(string name, params long[] dims)
    {
        using var values = Tensor.Normal([(int)dims.Aggregate(1L, (product, length) => product * length)], new Philox((ulong)Graph.Initializer.Count + 1));
        return Weight(name, values.ToArray<float>(), dims);
    }

    internal Graphs Integers(string name, params long[] values)
    {
        Graph.Initializer.Add(TensorWriter.Write(name, values, values.Length));
        return this;
    }

    internal Graphs Node(string kind, string inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = kind, Name = $"{kind}_{Graph.Node.Count}" };
        node.Input.AddRange(inputs.Length == 0 ? [] : inputs.Split(',').Select(name => name == "-" ? "" : name));
        node.Output.AddRange(output.Split(','));
        node.Attribute.AddRange(attributes);
        Graph.Node.Add(node);
        return this;
    }

    internal Graphs Also(Action<Graphs> change)
    {
        change(this);
        return this;
    }

    internal string WriteTo(TemporaryFolder folder, string name = "model.onnx")
    {
        string path = folder[name];
        File.WriteAllBytes(path, _model.ToByteArray());
        return path;
    }

    internal static AttributeProto Int(string name, long value) => new() { Name = name, I = value, Type = 2 };

    internal static AttributeProto Number(string name, float value) => new() { Name = name, F = value, Type = 1 };

    internal static AttributeProto Words(string name, string value) => new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = 3 };

    internal static AttributeProto Ints(string name, params long[] values)
    {
        var result = new AttributeProto { Name = name, Type = 7 };
        result.Ints.AddRange(values);
        return result;
    }

    internal static AttributeProto Scalar(float value)
    {
        var tensor = new TensorProto { DataType = 1, RawData = ByteString.CopyFrom(BitConverter.GetBytes(value)) };
        return new AttributeProto { Name = "value", T = tensor, Type = 4 };
    }

    private static ValueInfoProto Info(string name, ElementType type, object[] lengths)
    {
        var shape = new TensorShapeProto();
        foreach (object length in lengths)
            shape.Dim.Add(length is string text ? new DimensionProto { DimParam = text } : new DimensionProto { DimValue = (int)length });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TensorTypeProto { ElemType = (int)type, Shape = shape } } };
    }
}
