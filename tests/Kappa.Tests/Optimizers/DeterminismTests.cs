using Kappa.Optimizers;
using Kappa.Tensors;
using Kappa.Tensors.Memory;
using Kappa.Tests.Shared;

namespace Kappa.Tests.Optimizers;

public sealed class DeterminismTests
{
    [Theory]
    [MemberData(nameof(OptimizerCases.Names), MemberType = typeof(OptimizerCases))]
    public void In_steady_state_a_step_takes_no_tensor_memory(string name)
    {
        var problem = new FakeGradients(DataType.Float32, [60, 31], [31, 60], [77]);
        var optimizer = OptimizerCases.Make(name, problem.Parameters);
        _ = problem.Draw(0);
        for (int step = 0; step < 3; step++)
            optimizer.Step();
        long tensors = StoragePool.AllocatedBytes;
        for (int step = 0; step < 50; step++)
            optimizer.Step();
        Assert.Equal(tensors, StoragePool.AllocatedBytes);
    }

    [Fact]
    public void A_step_of_a_small_network_allocates_no_managed_memory_either()
    {
        var problem = new FakeGradients(DataType.Float32, [64, 17], [64], [64, 64], [64], [6, 64], [6]);
        foreach (var optimizer in (Optimizer[])[new AdamW(problem.Parameters), new SGD(problem.Parameters, 0.1, momentum: 0.9), new Signum(problem.Parameters)])
        {
            _ = problem.Draw(0);
            for (int step = 0; step < 200; step++)
                optimizer.Step();
            Assert.Equal(0, Allocations.Least(() =>
            {
                for (int step = 0; step < 100; step++)
                    optimizer.Step();
            }));
        }
    }
}
