using Kappa.Optimizers;
using Kappa.Preconditioning;

namespace Kappa.Onnx.Tests.Import;

/// <summary>DoPr finds the layers of an imported model by its nodes.</summary>
public sealed class PreconditioningTests
{
    [Theory]
    [InlineData("perceptron")]
    [InlineData("basic block")]
    public void Steps_are_those_of_the_model_itself(string name)
    {
        using var folder = new TemporaryFolder();
        var (model, shape, _) = Cases.Make(name);
        OnnxModel.Export(model, folder["model.onnx"], shape);
        var back = OnnxModel.Import(folder["model.onnx"]);
        var layers = new List<string[]>();
        foreach (var module in (Module[])[model, back])
        {
            module.Train();
            using var optimizer = new DoPr(new SGD(module.Parameters(), 1e-2), module);
            layers.Add([.. optimizer.Layers.Select(layer => layer.Name).Order()]);
            for (int step = 0; step < 3; step++)
            {
                using var scope = TensorScope.Begin();
                using var input = Cases.Input(shape, isOfIndices: false, 4, (ulong)step);
                module.Forward(input).Square().Mean().Backward();
                optimizer.Step();
                optimizer.ZeroGrad();
            }
        }

        Assert.Equal(layers[0], layers[1]);
        Assert.NotEmpty(layers[0]);
        var state = model.StateDict();
        foreach (var (parameter, tensor) in back.StateDict())
        {
            using var expected = state[parameter].To(DataType.Float64);
            double difference = Runtime.Difference(expected.ToArray<double>(), tensor);
            Assert.True(difference < 1e-4, $"{parameter}: {difference:G3}");
        }
    }

    /// <summary>A node with a weight w, which layer that is (none where the name is empty), and the shape that the weight is held in.</summary>
    public static TheoryData<string, string, int[]> Nodes => new()
    {
        { "MatMul", "w", [5, 6] },
        { "Gemm", "w", [5, 6] },
        { "Gemm transB", "w", [6, 5] },
        { "Gemm transA", "", [6, 5] },
        { "MatMul of the left", "", [6, 5] },
        { "MatMul and another", "", [6, 5] },
        { "MatMul twice", "w", [5, 6] },
    };

    [Theory]
    [MemberData(nameof(Nodes))]
    public void Products_with_a_weight_are_layers(string kind, string layer, int[] shape)
    {
        using var folder = new TemporaryFolder();
        var graph = new Graphs().Random("w", 6, 5);
        _ = kind switch
        {
            "MatMul" => graph.Input("x", ElementType.Float, 4, 6).Node("MatMul", "x,w", "y"),
            "Gemm" => graph.Input("x", ElementType.Float, 4, 6).Random("b", 5).Node("Gemm", "x,w,b", "y"),
            "Gemm transB" => graph.Input("x", ElementType.Float, 4, 5).Random("b", 6).Node("Gemm", "x,w,b", "y", Graphs.Int("transB", 1)),
            "Gemm transA" => graph.Input("x", ElementType.Float, 6, 4).Node("Gemm", "x,w", "y", Graphs.Int("transA", 1), Graphs.Int("transB", 0)),
            "MatMul of the left" => graph.Input("x", ElementType.Float, 5, 4).Node("MatMul", "w,x", "y"),
            "MatMul and another" => graph.Input("x", ElementType.Float, 6, 6).Node("MatMul", "x,w", "p").Node("Add", "p,w", "y"),
            _ => graph.Input("x", ElementType.Float, 4, 6).Node("MatMul", "x,w", "p").Node("MatMul", "x,w", "q").Node("Add", "p,q", "y"),
        };
        string path = graph.Output("y").WriteTo(folder);
        var model = OnnxModel.Import(path);
        Assert.Equal(shape, model.Parameters().Single(parameter => parameter.Name == "w").Tensor.Shape.ToArray());
        using var x = Cases.Input([.. model.Inputs[0].Dimensions!.Skip(1).Select(int.Parse)], isOfIndices: false, int.Parse(model.Inputs[0].Dimensions![0]));
        Assert.True(Runtime.Difference(Runtime.Run(path, ("x", x)), model.Forward(x)) < 1e-5);
        // Without a batch there is nothing to write.
        if (kind is not ("MatMul of the left" or "MatMul and another" or "Gemm transA"))
        {
            OnnxModel.Export(model, folder["again.onnx"]);
            Assert.True(Runtime.Difference(Runtime.Run(path, ("x", x)), OnnxModel.Import(folder["again.onnx"]).Forward(x)) < 1e-5);
        }

        if (layer.Length == 0)
        {
            var error = Assert.Throws<ArgumentException>(() => new DoPr(new SGD(model.Parameters(), 1), model));
            Assert.Contains("none that is trainable", error.Message, StringComparison.Ordinal);
            return;
        }

        using var optimizer = new DoPr(new SGD(model.Parameters(), 1), model);
        Assert.Equal([layer], optimizer.Layers.Select(status => status.Name));
        using var scope = TensorScope.Begin();
        model.Forward(x).Square().Mean().Backward();
        optimizer.Step();
        Assert.Equal(4 * (kind == "MatMul twice" ? 2 : 1), optimizer.Layers[0].Rows);
    }

    [Fact]
    public void A_pretrained_network_has_a_layer_for_each_convolution()
    {
        var model = OnnxModel.Import(ResNet18File.Path);
        using var optimizer = new DoPr(new SGD(model.Parameters(), 1e-3), model);
        Assert.Equal(22, optimizer.Layers.Count);
    }
}
