namespace Kappa.Onnx.Tests.Export;

public sealed class WhatIsWrittenTests
{
    [Fact]
    public void Names_the_open_batch_and_provenance_stand_in_the_file()
    {
        using var folder = new TemporaryFolder();
        var model = new Sequential(("body", new Linear(3, 4)), ("act", new ReLU()), ("head", new Linear(4, 2)));
        OnnxModel.Export(model, folder["model.onnx"], options: new OnnxExportOptions
        {
            InputName = "features", OutputName = "scores", BatchName = "n", Metadata = new Dictionary<string, string> { ["run"] = "first" },
        });
        var back = OnnxModel.Import(folder["model.onnx"]);
        Assert.Equal("features Float32 [n, 3]", back.Inputs.Single().ToString());
        Assert.Equal("scores Float32 [n, 2]", back.Outputs.Single().ToString());
        Assert.Equal(["body.weight", "body.bias", "head.weight", "head.bias"], back.Parameters().Select(parameter => parameter.Name));
        Assert.Equal(("kappa", "first", "Sequential", "26"), (
            back.Provenance.Producer, back.Provenance.Metadata["run"], back.Provenance.Metadata["kappa.model"], back.Provenance.Metadata["kappa.parameters"]));
    }

    [Theory]
    [InlineData(18)]
    [InlineData(20)]
    [InlineData(22)]
    public void Later_operator_sets_give_the_same(int opset)
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["rms norm", "gelu", "global pooling", "layer norm", "resnet-18", "causal attention with shared keys"])
        {
            var (model, shape, isOfIndices) = Cases.Make(name);
            OnnxModel.Export(model, folder["model.onnx"], shape, new OnnxExportOptions { OperatorSet = opset });
            using var input = Cases.Input(shape, isOfIndices, 3);
            double there = Runtime.Difference(Runtime.Run(folder["model.onnx"], input), model.Forward(input));
            double back = Runtime.Difference(Runtime.Run(folder["model.onnx"], input), OnnxModel.Import(folder["model.onnx"]).Forward(input));
            Assert.True(there < 1e-5 && back < 1e-5, $"{name}: {there:G3} and {back:G3}");
        }
    }

    [Fact]
    public void A_model_of_doubles_is_written_in_doubles()
    {
        using var folder = new TemporaryFolder();
        var model = new Sequential(new Linear(3, 4, type: DataType.Float64), new Tanh(), new Linear(4, 2, type: DataType.Float64));
        OnnxModel.Export(model, folder["model.onnx"]);
        using var input = Tensor.Normal([5, 3], new Philox(1), type: DataType.Float64);
        Assert.True(Runtime.Difference(Runtime.Run(folder["model.onnx"], input), model.Forward(input)) < 1e-13);
        using var expected = model.Forward(input);
        Assert.True(Runtime.Difference(expected.ToArray<double>(), OnnxModel.Import(folder["model.onnx"]).Forward(input)) < 1e-14);
    }

    [Fact]
    public void Frozen_parameters_are_written_and_stay_frozen()
    {
        using var folder = new TemporaryFolder();
        var model = new Sequential(new Embedding(5, 3), new Linear(3, 2));
        var table = model.Parameters()[0].Tensor;
        table.RequiresGradient = false;
        OnnxModel.Export(model, folder["model.onnx"], [4]);
        Assert.False(table.RequiresGradient);
        var back = OnnxModel.Import(folder["model.onnx"], new OnnxImportOptions { Frozen = ["0"] });
        Assert.Equal(["1.weight", "1.bias"], back.Parameters().Select(parameter => parameter.Name));
        Assert.Contains(back.StateDict(), entry => entry.Key == "0.weight");
    }

    [Fact]
    public void What_no_operation_recorded_is_refused()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<OnnxException>(() => OnnxModel.Export(new Secretive(), folder["model.onnx"], [3]));
        Assert.Contains("reads a tensor [2, 3] that depends on the input", error.Message, StringComparison.Ordinal);
        Assert.Contains("Multiply", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["model.onnx"]));
        error = Assert.Throws<OnnxException>(() => OnnxModel.Export(new Averaging(), folder["model.onnx"], [3]));
        Assert.Contains("its Affine has other numbers on 3 examples", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<OnnxException>(() => OnnxModel.Export(new Sequential(new Linear(3, 2)), folder["model.onnx"], options: new OnnxExportOptions
        {
            InputName = "0.weight",
        }));
        Assert.Contains("a weight is called \"0.weight\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_written_leaves_the_old_one()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["model.onnx"], "old");
        Assert.ThrowsAny<Exception>(() => OnnxModel.Export(new Secretive(), folder["model.onnx"], [3]));
        Assert.Equal("old", File.ReadAllText(folder["model.onnx"]));
        OnnxModel.Export(new Linear(3, 2), folder["model.onnx"]);
        Assert.Equal(2, OnnxModel.Import(folder["model.onnx"]).Parameters().Count);
        Assert.Single(Directory.GetFiles(folder.FullPath));
    }

    /// <summary>Divides by the number of examples, which no operation records.</summary>
    private sealed class Averaging : Module
    {
        protected override Tensor ForwardCore(Tensor input) => input / input.Shape[0];
    }

    /// <summary>Multiplies by a copy of its input that no operation made.</summary>
    private sealed class Secretive : Module
    {
        protected override Tensor ForwardCore(Tensor input) => input * Tensor.From(input.ToArray<float>(), input.Shape);
    }
}
