using Kappa.Tensors;
using Kappa.Tensors.Memory;

namespace Kappa.Tests.Tensors.Memory;

/// <summary>Zeros are zeros whether their memory is fresh or was used before, to the last byte.</summary>
public sealed class ZeroMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(300_000)]
    [InlineData(5_000_000)]
    public void Zeros_are_zeros_in_memory_that_was_used_before(int count)
    {
        for (int round = 0; round < 3; round++)
        {
            long before = StoragePool.AllocatedBytes;
            using var zeros = Tensor.Zeros([count]);
            Assert.Equal(-1, zeros.ReadOnlyValues<float>().IndexOfAnyExcept(0f));
            Assert.True(round == 0 || StoragePool.AllocatedBytes == before, "the memory is not used again");
            zeros.WritableValues<float>().Fill(float.NaN);
        }
    }
}
