namespace Kappa.Onnx.Tests.Export;

public sealed class ExportTests
{
    public static TheoryData<string> Names => [.. Cases.Names];

    [Fact]
    public void Every_kind_of_module_of_the_library_is_among_them()
    {
        var kinds = typeof(Module).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Module)));
        Assert.Equal([], kinds.Except(Cases.Kinds).Select(type => type.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ONNX_Runtime_gives_what_the_model_gives(string name)
    {
        var (model, shape, isOfIndices) = Cases.Make(name);
        using var folder = new TemporaryFolder();
        string path = folder["model.onnx"];
        OnnxModel.Export(model, path, shape);
        foreach (int batch in (int[])[1, 2, 5])
        {
            using var input = Cases.Input(shape, isOfIndices, batch);
            double difference = Runtime.Difference(Runtime.Run(path, input), model.Forward(input));
            Assert.True(difference < 1e-5, $"{name}, {batch} examples: {difference:G3}");
        }
    }
}
