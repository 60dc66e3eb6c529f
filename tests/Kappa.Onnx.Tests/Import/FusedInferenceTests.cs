namespace Kappa.Onnx.Tests.Import;

/// <summary>Convolutions that take the batch normalisation behind them over where nothing is recorded.</summary>
public sealed class FusedInferenceTests
{
    [Theory]
    [InlineData("Relu")]
    [InlineData("Sigmoid")]
    [InlineData("")]
    public void The_same_bits_come_out_as_one_after_the_other(string activation)
    {
        using var folder = new TemporaryFolder();
        var model = Made(folder, activation);
        using var x = Tensor.Normal([3, 4, 6, 6], new Philox(5));
        model.Eval();
        float[] recorded = model.Forward(x).ToArray<float>();
        for (int i = 0; i < 3; i++)
            Assert.Equal(recorded, Inferred(model, x));
    }

    [Fact]
    public void Changed_weights_factors_and_statistics_are_seen()
    {
        using var folder = new TemporaryFolder();
        var model = Made(folder, "Relu");
        using var x = Tensor.Normal([3, 4, 6, 6], new Philox(5));
        model.Eval();
        foreach (string name in (string[])["weight", "factor", "shift", "mean", "variance"])
        {
            float[] before = Inferred(model, x);
            _ = Inferred(model, x);
            var tensor = model.StateDict()[name];
            using (var larger = (tensor.Detach() * 1.25) + 0.125)
                tensor.CopyFromInPlace(larger);
            Assert.NotEqual(before, Inferred(model, x));
            Assert.Equal(model.Forward(x).ToArray<float>(), Inferred(model, x));
        }
    }

    [Fact]
    public void In_training_mode_the_statistics_are_those_of_the_batch()
    {
        using var folder = new TemporaryFolder();
        var model = Made(folder, "Relu");
        using var x = Tensor.Normal([3, 4, 6, 6], new Philox(5));
        model.Eval();
        float[] evaluated = Inferred(model, x);
        model.Train();
        Assert.NotEqual(evaluated, Inferred(model, x));
    }

    [Fact]
    public void A_result_that_something_else_reads_is_left()
    {
        using var folder = new TemporaryFolder();
        string path = Graph().Node("BatchNormalization", "c,factor,shift,mean,variance", "n").Node("Add", "c,n", "y").Output("y").WriteTo(folder);
        var model = OnnxModel.Import(path);
        using var x = Tensor.Normal([3, 4, 6, 6], new Philox(5));
        model.Eval();
        Assert.Equal(model.Forward(x).ToArray<float>(), Inferred(model, x));
    }

    [Fact]
    public void Statistics_of_other_channels_are_told_with_their_node()
    {
        using var folder = new TemporaryFolder();
        string path = new Graphs().Input("x", ElementType.Float, 1, 4, 6, 6).Random("weight", 8, 4, 3, 3).Node("Conv", "x,weight", "c")
            .Random("factor", 7).Random("shift", 7).Random("mean", 7).Weight("variance", [1, 2, 3, 4, 5, 6, 7], 7)
            .Node("BatchNormalization", "c,factor,shift,mean,variance", "y").Output("y").WriteTo(folder);
        var model = OnnxModel.Import(path);
        using var x = Tensor.Normal([1, 4, 6, 6], new Philox(5));
        model.Eval();
        var error = Assert.Throws<TensorShapeException>(() => Inferred(model, x));
        Assert.Contains("7", error.Message, StringComparison.Ordinal);
    }

    private static Graphs Graph() => new Graphs().Input("x", ElementType.Float, 1, 4, 6, 6).Random("weight", 8, 4, 3, 3)
        .Node("Conv", "x,weight", "c").Random("factor", 8).Random("shift", 8).Random("mean", 8).Weight("variance", [1, 2, 3, 4, 5, 6, 7, 8], 8);

    private static OnnxModule Made(TemporaryFolder folder, string activation)
    {
        var graph = Graph().Node("BatchNormalization", "c,factor,shift,mean,variance", activation.Length > 0 ? "n" : "y");
        if (activation.Length > 0)
            _ = graph.Node(activation, "n", "y");
        return OnnxModel.Import(graph.Output("y").WriteTo(folder));
    }

    private static float[] Inferred(OnnxModule model, Tensor x)
    {
        using var quiet = NoGradient.Begin();
        using var scope = TensorScope.Begin();
        return model.Forward(x).ToArray<float>();
    }
}
