using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Kappa.Pieces;

namespace Kappa.Mpi.Tests;

/// <summary>What the processes of a test do.</summary>
internal static class Scenarios
{
    internal const int Leaves = 8;

    internal static void Say(int rank, string line)
    {
        // In one call, so that lines of several processes stay whole.
        Console.Out.Write($"{rank} {line}\n");
        Console.Out.Flush();
    }

    internal static int Run(string[] arguments, Communicator processes)
    {
        int rank = processes.Rank, size = processes.Size;
        switch (arguments[0])
        {
            case "sum":
                int count = int.Parse(arguments[1]);
                float[] single = [.. SumOfLeaves(rank * Leaves / size, Leaves / size, count).Select(value => (float)value)];
                float[] tree = SingleTree(rank * Leaves / size, Leaves / size, count);
                processes.Sum(tree);
                double[] wide = SumOfLeaves(rank * Leaves / size, Leaves / size, count);
                processes.Sum(wide);
                Say(rank, $"{single.Length} {Hash<float>(tree)} {Hash<double>(wide)}");
                return 0;
            case "parts":
                float[] values = SingleTree(rank * Leaves / size, Leaves / size, 1001);
                // Uneven ones, of which some are empty.
                int[] bounds = [0, .. Enumerable.Range(1, size - 1).Select(part => part % 2 == 0 ? 1001 * part / size : 700 * part / size), 1001];
                processes.ReduceScatter(values, bounds);
                int own = IProcessGroup.PartOf(rank, size);
                values.AsSpan(0, bounds[own]).Fill(float.NaN);
                values.AsSpan(bounds[own + 1]).Fill(float.NaN);
                processes.AllGather(values, bounds);
                Say(rank, $"{own} {Hash<float>(values)}");
                return 0;
            case "bytes":
                long before = processes.BytesSent;
                processes.Sum(new float[1 << 20]);
                Say(rank, $"{processes.BytesSent - before}");
                return 0;
            case "messages":
                var all = processes.Gather(Encoding.UTF8.GetBytes(new string('x', rank) + $"from {rank}"));
                string told = Encoding.UTF8.GetString(processes.Broadcast(Encoding.UTF8.GetBytes($"root {rank}"), size - 1));
                processes.Barrier();
                Say(rank, $"{string.Join('|', all.Select(Encoding.UTF8.GetString))} {told}");
                return 0;
            case "fail":
                processes.Barrier();
                if (rank == size - 1)
                {
                    processes.Fail("the disk is full");
                    return 1;
                }
                processes.Sum(new float[1 << 16]);
                return 0;
            case "kill":
                Say(rank, $"process {Environment.ProcessId}");
                processes.Barrier();
                if (rank == size - 1)
                    Process.GetCurrentProcess().Kill();
                processes.Sum(new float[1 << 16]);
                return 0;
            case "train":
                TrainingScenario.Run(processes, arguments[1], arguments[2..]);
                return 0;
            case "eigen":
                return EigenScenario.Run(processes);
            case "change":
                return EigenScenario.RunIntoChange(processes);
            case "nan":
                return TrainingScenario.RunIntoNaN(processes);
            default:
                throw new ArgumentException(arguments[0]);
        }
    }

    /// <summary>The sum of some leaves along their tree, in double precision.</summary>
    internal static double[] SumOfLeaves(int first, int leaves, int count)
    {
        if (leaves == 1)
            return [.. Leaf(first, count).Select(value => value * 1.1)];
        double[] sum = SumOfLeaves(first, leaves / 2, count);
        TensorPrimitives.Add<double>(sum, SumOfLeaves(first + (leaves / 2), leaves / 2, count), sum);
        return sum;
    }

    internal static float[] SingleTree(int first, int leaves, int count)
    {
        if (leaves == 1)
            return [.. Leaf(first, count).Select(value => (float)value)];
        float[] sum = SingleTree(first, leaves / 2, count);
        TensorPrimitives.Add<float>(sum, SingleTree(first + (leaves / 2), leaves / 2, count), sum);
        return sum;
    }

    internal static string Hash<T>(T[] values)
        where T : unmanaged => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())))[..16];

    private static double[] Leaf(int leaf, int count)
    {
        var random = new Random(leaf);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Exp(8 * random.NextDouble()) * (random.NextDouble() - 0.5))];
    }
}
