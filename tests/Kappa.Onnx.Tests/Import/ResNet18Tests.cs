namespace Kappa.Onnx.Tests.Import;

public sealed class ResNet18Tests
{
    private static readonly int[] Shape = [3, 224, 224];

    [Fact]
    public void The_pretrained_network_gives_what_ONNX_Runtime_gives()
    {
        var model = OnnxModel.Import(ResNet18File.Path);
        using var input = Cases.Input(Shape, isOfIndices: false, 1);
        double[] expected = Runtime.Run(ResNet18File.Path, ("Input247", input));
        using var quiet = NoGradient.Begin();
        double difference = Runtime.Difference(expected, model.Forward(input));
        Assert.True(difference < 1e-4, $"{difference:G3}");
        Assert.Equal("CNTK", model.Provenance.Producer);
        Assert.Equal(8, model.Provenance.OperatorSet);
    }

    [Fact]
    public void Rescaled_it_gives_the_same_here_and_in_ONNX_Runtime()
    {
        using var folder = new TemporaryFolder();
        string path = folder["rescaled.onnx"];
        var model = OnnxModel.Import(ResNet18File.Path);
        using var input = Cases.Input(Shape, isOfIndices: false, 2);
        using var quiet = NoGradient.Begin();
        using var before = model.Forward(input).To(DataType.Float64);
        double[] expected = before.ToArray<double>();
        var result = PathConditioning.Rescale(model);
        Assert.True(result.Converged);
        Assert.True(result.LogScales.Count > 2000, $"{result.LogScales.Count} units");
        Assert.True(result.CriterionAfter < result.CriterionBefore);
        double here = Runtime.Difference(expected, model.Forward(input));
        Assert.True(here < 1e-4, $"here {here:G3}");
        OnnxModel.Export(model, path);
        double there = Runtime.Difference(Runtime.Run(path, input), model.Forward(input));
        Assert.True(there < 1e-5, $"in ONNX Runtime {there:G3}");
        double back = Runtime.Difference(Runtime.Run(path, input), OnnxModel.Import(path).Forward(input));
        Assert.True(back < 1e-5, $"read back {back:G3}");
    }
}
