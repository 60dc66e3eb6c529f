namespace Kappa.Onnx.Tests.Import;

[Collection(WholeProcess.Name)]
public sealed class ImportMemoryTests
{
    [Fact]
    public void A_model_is_read_within_two_and_a_half_times_its_size()
    {
        _ = OnnxModel.Import(ResNet18File.Path);
        long size = new FileInfo(ResNet18File.Path).Length;
        GC.Collect();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        var model = OnnxModel.Import(ResNet18File.Path);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 2.5 * size, $"{allocated / (double)size:F2} times the file");
        GC.KeepAlive(model);
    }
}
