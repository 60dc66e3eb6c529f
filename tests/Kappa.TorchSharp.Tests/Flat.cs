using System.Diagnostics;

namespace Kappa.TorchSharp.Tests;

/// <summary>Whether something leaves memory behind.</summary>
internal static class Flat
{
    /// <summary>Runs it until it has found its size, and then many times more.</summary>
    internal static void Require(Action step, int warm = 40, int times = 150, long most = 24L << 20)
    {
        for (int i = 0; i < warm; i++)
            step();
        long handles = Handles();
        long before = Resident();
        for (int i = 0; i < times; i++)
            step();
        long grown = Resident() - before;
        Assert.True(grown < most, $"{times} steps left {grown >> 20} MiB behind");
        Assert.True(Handles() - handles < times / 4, $"{Handles() - handles} native tensors are left of {times} steps");
    }

    private static long Handles()
    {
        Collect();
        return global::TorchSharp.torch.Tensor.TotalCount;
    }

    private static long Resident()
    {
        Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
