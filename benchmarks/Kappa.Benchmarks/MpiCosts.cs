using Kappa.Networks.Models;
using Kappa.Training;

namespace Kappa.Benchmarks;

/// <summary>What a step takes, from what was measured on one process and between two.</summary>
/// <param name="Gradients">Seconds for the gradient of the batch on one core.</param>
/// <param name="Update">Seconds for the optimizer's whole step, factors included, on one core.</param>
/// <param name="Latency">Seconds of the shortest message to a process and back.</param>
/// <param name="Bandwidth">Bytes a second that a process sends, receives and adds.</param>
/// <param name="ParameterBytes">Of all parameters.</param>
/// <param name="MomentBytes">Of DoPr's second moments; 0 without.</param>
internal sealed record MpiCosts(double Gradients, double Update, double Latency, double Bandwidth, double ParameterBytes, double MomentBytes)
{
    /// <summary>How many times as long work takes on a core of a machine whose other cores work as well.</summary>
    internal double Busy { get; init; } = 1;

    /// <summary>Bytes that a process sends in a step.</summary>
    internal double Bytes(int processes, bool isShared)
    {
        double part = (processes - 1.0) / processes;
        return (2 * part * ParameterBytes) + ((isShared ? 1 : 2) * part * MomentBytes);
    }

    /// <summary>Seconds of messages: those bytes, and rounds of halving, doubling and three short sums.</summary>
    internal double Messages(int processes, bool isShared)
    {
        double rounds = Math.Log2(processes) * ((MomentBytes > 0 ? 3 : 2) + 3);
        return (Bytes(processes, isShared) / Bandwidth) + (rounds * Latency);
    }

    /// <summary>Seconds of a step where one batch is shared by all, on a machine of so many cores, that more processes have to take turns on.</summary>
    internal double OnOneMachine(int processes, bool isShared, double largestShare, int cores) =>
        Math.Max(1, processes / (double)cores)
        * (((processes > 1 ? Busy : 1) * ((Gradients / processes) + (Update * (isShared ? largestShare : 1)))) + Messages(processes, isShared));

    /// <summary>Seconds of a step where each process has a core of its own and a batch as large as that of one.</summary>
    internal double OnMany(int processes, bool isShared, double largestShare) =>
        Gradients + (Update * (isShared ? largestShare : 1)) + Messages(processes, isShared);

    /// <summary>The share of a step's work that the busiest process has, where layers stay whole.</summary>
    internal static double LargestShare(string method, int processes)
    {
        var model = new Transformer(MpiChild.Model);
        var optimizer = MpiChild.OptimizerOf(method, model);
        var parameters = model.Parameters();
        var ownership = Ownership.Of(parameters, [], optimizer.StepFlops, 0, processes);
        double[] loads = new double[processes];
        foreach (var (index, parameter) in parameters.Index())
            loads[ownership.OwnerOf(parameter.Name)] += Ownership.CostOf(parameter.Tensor.Count, optimizer.StepFlops(index));
        (optimizer as IDisposable)?.Dispose();
        return loads.Max() / loads.Sum();
    }
}
