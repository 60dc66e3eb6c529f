namespace Kappa.Onnx.Tests.Import;

public sealed class RoundTripTests
{
    public static TheoryData<string> Names => [.. Cases.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_exported_comes_back_with_its_names_and_values(string name)
    {
        var (model, shape, isOfIndices) = Cases.Make(name);
        using var folder = new TemporaryFolder();
        string path = folder["model.onnx"];
        OnnxModel.Export(model, path, shape);
        var back = OnnxModel.Import(path);
        var state = model.StateDict();
        Assert.Equal(model.Parameters().Select(parameter => parameter.Name).Order(), back.Parameters().Select(parameter => parameter.Name).Order());
        foreach (var (key, tensor) in back.StateDict())
            Assert.Equal(state[key].ToArray<float>(), tensor.ToArray<float>());
        foreach (int batch in (int[])[1, 2, 5])
        {
            using var input = Cases.Input(shape, isOfIndices, batch);
            using var expected = model.Forward(input).To(DataType.Float64);
            double difference = Runtime.Difference(expected.ToArray<double>(), back.Forward(input));
            Assert.True(difference < 1e-5, $"{name}, {batch} examples: {difference:G3}");
        }
    }
}
