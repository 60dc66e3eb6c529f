using Kappa.Tests.Optimizers;
using Kappa.Tests.Shared;
using Kappa.Tests.Tensors.Devices;

namespace Kappa.TorchSharp.Tests;

public sealed class TorchCheckpointTests
{
    public TorchCheckpointTests() => Libtorch.Require();

    [SkippableTheory]
    [MemberData(nameof(StatefulOptimizers.Names), MemberType = typeof(StatefulOptimizers))]
    public void A_checkpoint_is_the_same_bits_wherever_it_is_written_and_read(string optimizer)
    {
        using var folder = new TemporaryFolder();
        CheckpointMoves.Require(optimizer, TestedDevice.Current, folder.FullPath);
    }
}
