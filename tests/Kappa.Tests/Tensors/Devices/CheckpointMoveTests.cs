using Kappa.Tests.Optimizers;
using Kappa.Tests.Shared;

namespace Kappa.Tests.Tensors.Devices;

public sealed class CheckpointMoveTests
{
    [Theory]
    [MemberData(nameof(StatefulOptimizers.Names), MemberType = typeof(StatefulOptimizers))]
    public void A_checkpoint_is_the_same_bits_wherever_it_is_written_and_read(string optimizer)
    {
        using var folder = new TemporaryFolder();
        CheckpointMoves.Require(optimizer, ReferenceBackend.Device, folder.FullPath);
    }
}
