using System.Diagnostics;

namespace Kappa.Benchmarks;

/// <summary>How long a newcomer waits: the two commands of the README in a clone that nobody has built, the help, and the size of the package.</summary>
internal static class CommandBenchmark
{
    private const int Starts = 21;

    internal static int Run(string[] arguments)
    {
        string only = BenchmarkOptions.Value(arguments, "--only") ?? "";
        string folder = Directory.CreateTempSubdirectory("kappa-clone-").FullName, clone = Path.Combine(folder, "kappa");
        try
        {
            Run(folder, "git", "clone", "--quiet", Sheet.Checkout(), clone);
            string kappa = Path.Combine(clone, "kappa");
            // The first demo builds.
            double first = Run(clone, kappa, "demo", "--out", Path.Combine(folder, "first"));
            Add("from the clone to the first report, which builds, minutes", first / 60, "0.0");
            if (only is "" or "help")
            {
                List<double> starts = [.. Enumerable.Range(0, Starts).Select(_ => Run(clone, kappa, "--help"))];
                Add("./kappa --help, s, as a shell script looks for what has changed", Interleaving.Median(starts), "0.00");
                starts = [.. Enumerable.Range(0, Starts).Select(_ => Run(clone, "dotnet", "src/Kappa.Cli/bin/Release/net10.0/Kappa.Cli.dll", "--help"))];
                Add("kappa --help, s", Interleaving.Median(starts), "0.00");
            }
            if (only is "" or "test")
            {
                Add("./kappa test, which builds the tests, minutes", Run(clone, kappa, "test") / 60, "0.0");
                Add("./kappa test again, minutes", Run(clone, kappa, "test") / 60, "0.0");
            }
            if (only is "" or "package")
            {
                _ = Run(clone, "dotnet", "pack", "-c", "Release", "-v", "q", "src/Kappa", "-o", Path.Combine(folder, "packages"));
                Add("the package Kappa, MB", new FileInfo(Directory.GetFiles(Path.Combine(folder, "packages"), "*.nupkg").Single()).Length / 1e6, "0.0");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return 0;
    }

    private static void Add(string what, double value, string format)
    {
        Sheet.Add(what, $"on {Environment.ProcessorCount} cores", value, format);
        Console.WriteLine(FormattableString.Invariant($"{what}: {value:0.00}"));
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>The seconds that it took.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    private static double Run(string folder, string command, params string[] arguments)
    {
        long start = Stopwatch.GetTimestamp();
        var info = new ProcessStartInfo(command, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(info)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return process.ExitCode == 0
            ? seconds
            : throw new InvalidOperationException($"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output.Result}{error.Result}");
    }
}
