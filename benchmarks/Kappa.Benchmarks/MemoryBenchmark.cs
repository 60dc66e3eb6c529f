using System.Diagnostics;
using Kappa.Preconditioning;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Memory;

namespace Kappa.Benchmarks;

/// <summary>Tensor memory allocated per step, and resident size over 10,000 steps.</summary>
internal static class MemoryBenchmark
{
    internal static int Run(string[] arguments)
    {
        WorkerPool.ThreadCount = 2;
        int steps = arguments.Contains("--quick") ? 1_000 : 10_000;
        var training = new OurTraining(new TrainingCase([784, 128, 64, 10], 64, "crossEntropy", true, true), new DoPrOptions());
        // In the same pieces as below, so that the code that measures is compiled, and compiled again, by the time that it counts.
        for (int tenth = 0; tenth < 20; tenth++)
        {
            _ = training.Run(1_000);
            _ = Resident();
        }

        long tensors = StoragePool.AllocatedBytes;
        long managed = GC.GetTotalAllocatedBytes(true);
        long resident = Resident();
        long largest = resident;
        for (int tenth = 0; tenth < 10; tenth++)
        {
            _ = training.Run(steps / 10);
            largest = Math.Max(largest, Resident());
        }

        const string column = "DoPr-AdamW, 784-128-64-10";
        Sheet.Add("tensor memory allocated a step, bytes", column, (StoragePool.AllocatedBytes - tensors) / (double)steps, "0.0");
        Sheet.Add("small objects a step, bytes", column, (GC.GetTotalAllocatedBytes(true) - managed) / (double)steps, "N0");
        Sheet.Add("resident after 20,000 steps, MB", column, resident / 1e6, "0.0");
        Sheet.Add($"resident at most in {steps:N0} more, MB", column, largest / 1e6, "0.0");
        Console.WriteLine(
            $"DoPr-AdamW on 784-128-64-10, {steps} steps: tensor memory allocated per step {(StoragePool.AllocatedBytes - tensors) / (double)steps:F1} bytes; "
            + $"small objects {(GC.GetTotalAllocatedBytes(true) - managed) / (double)steps:F0} bytes");
        Console.WriteLine(
            $"resident size: {resident / 1e6:F1} MB after 20,000 steps of warm-up, at most {largest / 1e6:F1} MB later "
            + $"({(largest / (double)resident) - 1:P2})");
        return 0;
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
