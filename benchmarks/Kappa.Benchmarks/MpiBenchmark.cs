using System.Diagnostics;
using System.Globalization;
using Kappa.Networks.Models;

namespace Kappa.Benchmarks;

/// <summary>Training by several processes of one mpirun: how much faster two are, and what a step takes on more, measured and by a model of its
/// costs.</summary>
internal static class MpiBenchmark
{
    private const int Cores = 2;

    // Where every core computes, code is compiled again beside it for so long: two processes take twice their time in the first ten steps.
    private const string Steps = "--warm 60 --steps 24";

    private static readonly int[] Measured = [1, 2, 4, 8];
    private static readonly string[] Parts = ["ms a step", "gradients, and messages beside them", "update", "other messages and waiting"];

    internal static int Run(string[] arguments)
    {
        if (arguments.Contains("--child"))
            return MpiChild.Run(arguments);
        int rounds = arguments.Contains("--quick") ? 2 : 5;
        string launcher = BenchmarkOptions.Value(arguments, "--launcher") ?? "mpirun.openmpi";
        string only = BenchmarkOptions.Value(arguments, "--only") ?? "";
        if ("speed".Contains(only, StringComparison.Ordinal))
            Speed(launcher, rounds);
        if ("costs".Contains(only, StringComparison.Ordinal))
            Costs(launcher, arguments.Contains("--quick") ? 1 : rounds, BenchmarkOptions.Value(arguments, "--plot"));
        return 0;
    }

    /// <summary>Two processes of a thread each, against one process.</summary>
    private static void Speed(string launcher, int rounds)
    {
        (string Name, int Processes, string Options)[] cases =
        [
            ("1 process of 1 thread, 8 pieces", 1, "--threads 1"), ("2 processes of 1 thread, 8 pieces", 2, "--threads 1"),
            ("1 process of 2 threads, 8 pieces", 1, "--threads 2"), ("1 process of 1 thread, the batch as a whole", 0, "--threads 1 --batch"),
            ("1 process of 2 threads, the batch as a whole", 0, "--threads 2 --batch"),
        ];
        const int alone = 0, two = 1;
        Sheet.Table = "Two processes against one";
        foreach (string method in (string[])["adamw", "dopr"])
        {
            var seconds = cases.Select(_ => new List<double>()).ToArray();
            List<double> early = [], beside = [];
            for (int round = 0; round < rounds; round++)
            {
                foreach (var (i, one) in cases.Index())
                {
                    double[] found = Child(launcher, one.Processes, $"--method {method} {Steps} {one.Options}");
                    seconds[i].Add(found[0]);
                    if (i == two)
                        early.Add(found[5]);
                }
                string options = $"--method {method} {Steps} {cases[alone].Options}";
                var pair = Enumerable.Range(0, 2).Select(_ => Task.Run(() => Child(launcher, 1, options)[0])).ToArray();
                beside.AddRange(Task.WhenAll(pair).GetAwaiter().GetResult());
            }
            string column = method == "adamw" ? "AdamW" : "DoPr-AdamW";
            double ours = Median(seconds[two]);
            Console.WriteLine($"{method}: ms a step, and how many times as fast 2 processes of 1 thread are");
            foreach (var (i, one) in cases.Index())
            {
                Sheet.Add($"{one.Name}, ms a step", column, 1e3 * Median(seconds[i]), "0.0");
                if (i != two)
                    Sheet.Add($"2 processes of 1 thread: times as fast as {one.Name}", column, Median(seconds[i]) / ours, "0.00");
                Console.WriteLine(FormattableString.Invariant($"  {one.Name,-46} {1e3 * Median(seconds[i]),8:0.0}  {Median(seconds[i]) / ours,6:0.00}"));
            }
            double slower = Median(beside) / Median(seconds[alone]), first = Median(early) / ours;
            Sheet.Add("1 process of 1 thread beside another that has nothing to do with it: times as long a step", column, slower, "0.00");
            Sheet.Add($"2 processes of 1 thread, steps 3 to {MpiChild.Early + 2}: times as long as later ones", column, first, "0.00");
            Console.WriteLine(FormattableString.Invariant($"  beside another job: {slower:0.00} times as long; the first steps: {first:0.00}"));
        }
    }

    private static void Costs(string launcher, int rounds, string? plot)
    {
        double[][] pings = [.. Enumerable.Range(0, rounds).Select(_ => Child(launcher, 2, "--ping"))];
        var (latency, bandwidth) = (Median(pings.Select(ping => ping[0])), Median(pings.Select(ping => ping[1])));
        Sheet.Table = "Between two processes";
        Sheet.Add("latency, microseconds", "", 1e6 * latency, "0.0");
        Sheet.Add("sent, received and added, GB/s", "", bandwidth / 1e9, "0.00");
        Console.WriteLine(FormattableString.Invariant($"between two processes: {1e6 * latency:0.0} us, {bandwidth / 1e9:0.00} GB/s sent, received and added"));
        double parameters = new Transformer(MpiChild.Model).Parameters().Sum(parameter => 4.0 * parameter.Tensor.Count);
        var curves = new List<(string Name, double[] Seconds)>();
        double moments = 0, plainBytes = 0;
        foreach (string method in (string[])["adamw", "dopr"])
        {
            MpiCosts? costs = null;
            foreach (bool isShared in (bool[])[true, false])
            {
                Console.WriteLine($"{method}, {(isShared ? "each process the step of its share" : "every process the whole step")}");
                Console.WriteLine("  processes   ms a step   gradients   update   messages   MB sent   over 2 (P - 1) / P   predicted   predicted / measured");
                foreach (int processes in Measured)
                {
                    double[][] runs = [.. Enumerable.Range(0, rounds).Select(
                        _ => Child(launcher, processes, $"--method {method} {Steps} {(isShared ? "" : "--whole")}"))];
                    double[] found = [.. Enumerable.Range(0, 5).Select(i => Median(runs.Select(run => run[i])))];
                    // Of two processes each sends half of what is reduced and scattered.
                    if (processes == 2 && isShared)
                        (plainBytes, moments) = method == "adamw" ? (found[4], 0) : (plainBytes, 2 * (found[4] - plainBytes));
                    costs = processes == 1 && isShared
                        ? new MpiCosts(found[1], found[2], latency, bandwidth, parameters, 0)
                        : costs! with { MomentBytes = moments };
                    if (processes == 2 && isShared)
                        costs = costs with { Busy = Math.Max(1, 2 * found[1] / costs.Gradients) };
                    double predicted = costs.OnOneMachine(processes, isShared, MpiCosts.LargestShare(method, processes), Cores);
                    double ring = 2.0 * (processes - 1) / processes * parameters;
                    Sheet.Table = "Bytes and time on 1 to 8 processes";
                    string what = $"{NameOf(method, isShared)}, {processes} process{(processes == 1 ? "" : "es")}";
                    foreach (var (column, value) in Parts.Zip(found))
                        Sheet.Add(what, column, 1e3 * value, "0.0");
                    Sheet.Add(what, "MB sent", found[4] / 1e6, "0.00");
                    if (ring > 0)
                        Sheet.Add(what, "over 2 (P - 1) / P of the parameters", found[4] / ring, "0.000");
                    Sheet.Add(what, "predicted over measured", predicted / found[0], "0.00");
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {processes,9} {1e3 * found[0],11:0.0} {1e3 * found[1],11:0.0} {1e3 * found[2],8:0.0} {1e3 * found[3],10:0.0} "
                        + $"{found[4] / 1e6,9:0.00} {(ring > 0 ? found[4] / ring : 0),20:0.000} {1e3 * predicted,11:0.0} {predicted / found[0],22:0.00}"));
                }
                Console.WriteLine("  processes with a core each and a batch each: ms a step, update, messages");
                var seconds = new List<double>();
                for (int processes = 1; processes <= 4096; processes *= 2)
                {
                    double share = MpiCosts.LargestShare(method, processes);
                    seconds.Add(costs!.OnMany(processes, isShared, share));
                    Sheet.Table = "On 1 to 4,096 processes, as predicted: ms a step";
                    Sheet.Add(NameOf(method, isShared), $"{processes}", 1e3 * seconds[^1], "0.0");
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"  {processes,9} {1e3 * seconds[^1],11:0.0} {1e3 * costs.Update * (isShared ? share : 1),8:0.0} "
                        + $"{1e3 * costs.Messages(processes, isShared),10:0.0}"));
                }
                curves.Add((NameOf(method, isShared), [.. seconds]));
            }
        }
        Sheet.Table = "The busiest process' share of the update, whole layers, %";
        foreach (string method in (string[])["adamw", "dopr"])
        {
            for (int processes = 1; processes <= 64; processes *= 2)
                Sheet.Add(method == "adamw" ? "AdamW" : "DoPr", $"{processes}", 100 * MpiCosts.LargestShare(method, processes), "0");
        }
        if (plot is not null)
            File.WriteAllText(plot, LogChart.Draw(curves));
    }

    private static string NameOf(string method, bool isShared) => $"{(method == "adamw" ? "AdamW" : "DoPr")}, {(isShared ? "shared step" : "whole step")}";

    /// <summary>Runs a job, and gives the numbers that its first process says.</summary>
    /// <param name="launcher">Which mpirun.</param>
    /// <param name="processes">How many; 0 for one without mpirun.</param>
    /// <param name="options">What it does.</param>
    private static double[] Child(string launcher, int processes, string options)
    {
        string[] job = launcher.Contains("mpich", StringComparison.Ordinal) ? [] : ["--oversubscribe", "--bind-to", "none"];
        string[] command = ["dotnet", typeof(MpiBenchmark).Assembly.Location, "mpi", "--child", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        string[] words = processes == 0 ? command : [launcher, "-n", $"{processes}", .. job, .. command];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardOutput = true,
            Environment = { ["OMPI_ALLOW_RUN_AS_ROOT"] = "1", ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1", ["TERM"] = "dumb" },
        };
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string line = output.Split('\n').FirstOrDefault(line => line.StartsWith("result ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{string.Join(' ', words)} ended with {process.ExitCode} and no result");
        return [.. line.Split(' ')[1..].Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
    }

    private static double Median(IEnumerable<double> values) => Interleaving.Median([.. values]);
}
