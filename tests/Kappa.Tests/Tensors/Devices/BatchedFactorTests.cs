using Kappa.Tensors;
using Kappa.Tests.Tensors.Cpu;

namespace Kappa.Tests.Tensors.Devices;

[Collection(KernelCases.Name)]
public sealed class BatchedFactorTests
{
    [Theory]
    [InlineData(DataType.Float32, 1e-4)]
    [InlineData(DataType.Float64, 1e-12)]
    public void Matrices_of_several_sizes_are_factored_at_once(DataType type, double tolerance)
    {
        BatchedFactors.Require(Device.Cpu, type, tolerance);
        BatchedFactors.Require(ReferenceBackend.Device, type, tolerance);
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void On_the_host_they_have_the_bits_of_one_after_the_other_whatever_the_threads(DataType type)
    {
        var expected = BatchedFactors.Draw(type);
        foreach (var matrix in expected)
            _ = matrix.Backend.CholeskyFactor(matrix);
        foreach (int threads in (int[])[1, 2, 3])
        {
            var actual = BatchedFactors.Draw(type);
            KernelCases.WithThreads(threads, () => _ = Device.Cpu.Backend.CholeskyFactors(actual));
            foreach (var (one, other) in expected.Zip(actual))
                Assert.Equal(one.Bytes.ToArray(), other.Bytes.ToArray());
        }
    }

    [Fact]
    public void Operands_on_two_devices_are_an_error()
    {
        var error = Assert.Throws<InvalidOperationException>(
            () => Device.Cpu.Backend.CholeskyFactors([Tensor.Ones([1, 1]), Tensor.Ones([1, 1], device: ReferenceBackend.Device)]));
        Assert.Contains("the operands are on two devices", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_factor_that_is_written_is_seen_by_who_saved_the_matrix()
    {
        var matrix = Tensor.Full([1, 1], 4.0);
        matrix.RequiresGradient = true;
        var y = matrix.Square().Sum();
        _ = Device.Cpu.Backend.CholeskyFactors([matrix]);
        Assert.Contains("has changed", Assert.Throws<InvalidOperationException>(y.Backward).Message, StringComparison.Ordinal);
    }
}
