using Google.Protobuf;
using static Kappa.Onnx.Tests.Graphs;

namespace Kappa.Onnx.Tests.Import;

/// <summary>Each is refused by name, with what came and the way out.</summary>
public sealed class BadInputTests
{
    private static readonly Dictionary<string, (Func<Graphs> Make, string Says)> Cases = new()
    {
        ["a cycle"] = (() => Small().Node("Add", "x,b", "a").Node("Relu", "a", "b").Node("Relu", "b", "y"), "which depends on what it makes itself: the "
            + "graph has a cycle"),
        ["a value that nothing makes"] = (() => Small().Node("Add", "x,ghost", "y"), "node \"Add_0\" (Add, opset 17) reads \"ghost\", which nothing "
            + "makes"),
        ["an output that nothing makes"] = (() => Small(), "nothing makes its output \"y\""),
        ["two values of one name"] = (() => Small().Node("Relu", "x", "y").Node("Tanh", "x", "y"), "the name \"y\" stands twice among its values"),
        ["two initializers of one name"] = (() => Small().Random("w", 4).Random("w", 4).Node("Add", "x,w", "y"), "the name \"w\" stands twice among its "
            + "initializers"),
        ["two inputs of one name"] = (() => Small().Input("x", ElementType.Float, 4).Node("Relu", "x", "y"), "the name \"x\" stands twice among its inputs"),
        ["an operator that is not known"] = (() => Small().Node("LSTM", "x", "y"), "node \"LSTM_0\" (LSTM, opset 17): Kappa does not import this operator"),
        ["a quantised operator"] = (() => Small().Random("w", 1).Node("QuantizeLinear", "x,w", "y"), "it is a quantised operator"),
        ["a branch"] = (() => Small().Node("If", "x", "y", new AttributeProto { Name = "then_branch", G = new SubgraphProto(), Type = 5 }), "If, Loop and "
            + "Scan"),
        ["a loop"] = (() => Small().Node("Loop", "x", "y"), "it holds a graph of its own"),
        ["another domain"] = (() => Small().Node("Relu", "x", "y").Also(graph => graph.Graph.Node[0].Domain = "com.microsoft"), "the domain \"com.microsoft\""),
        ["an opset of the future"] = (() => Small(99).Node("Relu", "x", "y"), "it uses opset 99; Kappa imports 7 to 25"),
        ["an opset of the past"] = (() => Small(6).Node("Relu", "x", "y"), "it uses opset 6"),
        ["no opset"] = (() => Small().Node("Relu", "x", "y").Also(graph => graph.Model.OpsetImport.Clear()), "it does not say which version of the operators"),
        ["an attribute that is not known"] = (() => Small().Node("Relu", "x", "y", Int("colour", 3)), "its attribute \"colour\" is not known"),
        ["a function"] = (() => Small().Node("Relu", "x", "y").Also(graph => graph.Model.Functions.Add(new FunctionProto { Name = "f" })), "such as \"f\""),
        ["a sparse initializer"] = (() => Small().Node("Relu", "x", "y").Also(graph => graph.Graph.SparseInitializer.Add(new SparseTensorProto())), "sparse"),
        ["no elements"] = (() => Small().Weight("w", [], 0, 4).Node("Add", "x,w", "y"), "the initializer \"w\" [0, 4] has no elements"),
        ["2^31 elements"] = (() => Small().Weight("w", [1], 65536, 32768).Node("Add", "x,w", "y"), "has 2147483648 elements; a tensor holds at most "
            + "2,147,483,647"),
        ["a length below zero"] = (() => Small().Weight("w", [1], -4).Node("Add", "x,w", "y"), "has an axis of length -4"),
        ["nine axes"] = (() => Small().Weight("w", [1], 1, 1, 1, 1, 1, 1, 1, 1, 1).Node("Add", "x,w", "y"), "has 9 axes; expected at most 7"),
        ["too few bytes"] = (() => Small().Weight("w", [1, 2], 4).Node("Add", "x,w", "y"), "[4] takes 16 bytes; the file holds 8"),
        ["text"] = (() => Small().Random("w", 4).Node("Add", "x,w", "y").Also(graph => graph.Graph.Initializer[0].DataType = 8), "holds String"),
        ["not a number"] = (() => Small().Weight("w", [1, float.NaN, 2, 3], 4).Node("Add", "x,w", "y"), "holds NaN at element 1"),
        ["weights that lie outside"] = (() => Outside("../secret.bin"), "external data is read from the folder of the model and below it alone"),
        ["weights at an absolute path"] = (() => Outside("/etc/passwd"), "external data is read from the folder of the model and below it alone"),
        ["weights in a file that is not there"] = (() => Outside("gone.bin"), "which is not there"),
        ["two inputs where one is given"] = (() => Small().Input("z", ElementType.Float, "n", 4).Node("Add", "x,z", "y"), "its input z Float32 [n, 4] is "
            + "not given"),
        ["a dimension that is open"] = (() => new Graphs().Input("x", ElementType.Float, "n", "height").Node("Relu", "x", "y"), "the dimension \"height\""),
        ["too few inputs"] = (() => Small().Node("Add", "x", "y"), "node \"Add_0\" (Add, opset 17): it has 1 inputs; expected 2"),
        ["statistics that are computed"] = (() => Small().Random("w", 4).Node("Relu", "w", "m").Node("BatchNormalization", "x,w,w,m,m", "y"), "expected "
            + "initializers"),
        ["a kernel that is not that of the weight"] = (() => new Graphs().Input("x", ElementType.Float, "n", 1, 4, 4).Random("w", 1, 1, 3, 3)
            .Node("Conv", "x,w", "y", Ints("kernel_shape", 2, 2)), "node \"Conv_0\" (Conv, opset 17): its kernel_shape is [2, 2]; the weight is [1, 1, 3, 3]"),
        ["strides that differ"] = (() => new Graphs().Input("x", ElementType.Float, "n", 1, 4, 4).Random("w", 1, 1, 3, 3)
            .Node("Conv", "x,w", "y", Ints("strides", 1, 2)), "its strides is [1, 2]"),
        ["a constant of four billion elements"] = (() => Small().Integers("s", 65536, 65536).Node("ConstantOfShape", "s", "h").Node("Add", "x,h", "y"),
            "4294967296 elements"),
        ["a range without end"] = (() => Small().Node("Constant", "", "a", Whole(0)).Node("Constant", "", "b", Whole(long.MaxValue)).Node("Constant", "", "c",
            Whole(1))
            .Node("Range", "a,b,c", "r").Node("Cast", "r", "f", Int("to", 1)).Node("Add", "x,f", "y"), "at most"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_refused_by_name(string name)
    {
        using var folder = new TemporaryFolder();
        string path = Cases[name].Make().Output("y").WriteTo(folder);
        var error = Assert.ThrowsAny<Exception>(() =>
        {
            var model = OnnxModel.Import(path);
            _ = model.Forward(Tensor.Zeros([2, .. model.InputOf().Shape.ToArray()]));
        });
        Assert.True(error is OnnxException or ArgumentException, $"{name}: {error}");
        Assert.Contains(Cases[name].Says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_do_not_fit_the_file_are_refused()
    {
        using var folder = new TemporaryFolder();
        string path = Small().Node("Relu", "x", "y").Node("Tanh", "x", "z").Output("y").WriteTo(folder);
        Assert.Contains("it has no input \"w\"; its inputs are \"x\"", Says(new OnnxImportOptions { Input = "w" }), StringComparison.Ordinal);
        Assert.Contains("it has no output \"z\"; its outputs are \"y\"", Says(new OnnxImportOptions { Output = "z" }), StringComparison.Ordinal);
        Assert.Contains("OnnxImportOptions.Fill", Says(new OnnxImportOptions { Fill = new Dictionary<string, double> { ["w"] = 1 } }),
            StringComparison.Ordinal);

        string Says(OnnxImportOptions options) => Assert.Throws<OnnxException>(() => OnnxModel.Import(path, options)).Message;
    }

    [Fact]
    public void A_link_out_of_the_folder_is_no_way_out()
    {
        using var secret = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(secret["weights.bin"], new byte[16]);
        _ = File.CreateSymbolicLink(folder["weights.bin"], secret["weights.bin"]);
        _ = Directory.CreateSymbolicLink(folder["inside"], secret.FullPath);
        foreach (string location in (string[])["weights.bin", "inside/weights.bin"])
        {
            string path = Outside(location).Output("y").WriteTo(folder);
            Assert.Contains("whatever links there are", Assert.Throws<OnnxException>(() => OnnxModel.Import(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Weights_beside_the_model_are_read()
    {
        using var folder = new TemporaryFolder();
        _ = Directory.CreateDirectory(folder["data"]);
        File.WriteAllBytes(folder["data/weights.bin"], [.. new byte[4], .. new float[] { 1, 2, 3, 4 }.SelectMany(BitConverter.GetBytes)]);
        var graph = Outside("data/weights.bin");
        graph.Graph.Initializer[0].ExternalData.Add(new EntryProto { Key = "offset", Value = "4" });
        var model = OnnxModel.Import(graph.Output("y").WriteTo(folder));
        Assert.Equal([1f, 2, 3, 4], model.Parameters().Single().Tensor.ToArray<float>());
    }

    [Theory]
    [InlineData(10, new byte[] { 0, 0x3c, 0, 0xc0 }, new float[] { 1, -2 })]
    [InlineData(16, new byte[] { 0x80, 0x3f, 0, 0xc0 }, new float[] { 1, -2 })]
    public void Numbers_of_16_bits_widen(int type, byte[] bytes, float[] expected)
    {
        using var folder = new TemporaryFolder();
        var graph = new Graphs().Input("x", ElementType.Float, "n", 2).Weight("w", [0, 0], 2).Node("Add", "x,w", "y").Output("y");
        graph.Graph.Initializer[0].DataType = type;
        graph.Graph.Initializer[0].RawData = ByteString.CopyFrom(bytes);
        Assert.Equal(expected, OnnxModel.Import(graph.WriteTo(folder)).Parameters().Single().Tensor.ToArray<float>());
    }

    [Fact]
    public void A_node_that_the_output_does_not_need_may_be_anything()
    {
        using var folder = new TemporaryFolder();
        string path = Small().Node("LSTM", "x", "z").Node("Relu", "x", "y").Output("y").Output("z").WriteTo(folder);
        Assert.Equal(2, OnnxModel.Import(path).Outputs.Count);
        Assert.Throws<OnnxException>(() => OnnxModel.Import(path, new OnnxImportOptions { Output = "z" }));
    }

    private static Graphs Small(long opset = 17) => new Graphs(opset).Input("x", ElementType.Float, "n", 4);

    private static Graphs Outside(string location)
    {
        var graph = Small().Weight("w", [], 4).Node("Add", "x,w", "y");
        graph.Graph.Initializer[0].DataLocation = 1;
        graph.Graph.Initializer[0].ExternalData.Add(new EntryProto { Key = "location", Value = location });
        return graph;
    }

    private static AttributeProto Whole(long value) => new() { Name = "value", T = TensorWriter.Write("", [value]), Type = 4 };
}
