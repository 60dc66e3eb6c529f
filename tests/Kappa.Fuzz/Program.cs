using System.Diagnostics;

namespace Kappa.Fuzz;

/// <summary>Fuzzes the readers of strangers' bytes.</summary>
internal static class Program
{
    /// <summary>What the process ends with where an input was at fault.</summary>
    internal const int Found = 1;

    private const int Misused = 2;

    private const string Usage = """
        dotnet run -c Release --project tests/Kappa.Fuzz -- <target>|all [--seconds N] [--seed S]   changes inputs, N seconds for each target (60)
        dotnet run -c Release --project tests/Kappa.Fuzz -- replay <target> <file>...               reads files as a target does, and says what came of it
        dotnet run -c Release --project tests/Kappa.Fuzz -- corpus                                  writes the seeds of the corpus that are not there
        """;

    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(30);

    /// <summary>Runs a command.</summary>
    internal static int Main(string[] arguments)
    {
        try
        {
            return arguments switch
            {
                ["corpus"] => WriteCorpus(),
                ["replay", var name, .. var files] when files.Length > 0 => Replay(TargetTable.Named(name), files),
                ["all", .. var options] => Fuzz(TargetTable.All, options),
                [var name, .. var options] when !name.StartsWith('-') => Fuzz([TargetTable.Named(name)], options),
                _ => throw new ArgumentException($"expected a target or all; the targets are {TargetTable.Names}"),
            };
        }
        catch (ArgumentException error)
        {
            Console.Error.WriteLine($"error: {error.Message}\n{Usage}");
            return Misused;
        }
    }

    /// <summary>Says where an input is and how it is read again.</summary>
    internal static void Report(FuzzTarget target, string path) => Console.WriteLine(
        $"  kept as {path}\n  again: dotnet run -c Release --project tests/Kappa.Fuzz -- replay {target.Name} {path}");

    private static int WriteCorpus()
    {
        foreach (var target in TargetTable.All)
            Console.WriteLine($"{target.Name}: {CorpusFolder.WriteSeeds(target)} written, {CorpusFolder.Of(target).Count} in all");
        return 0;
    }

    private static int Replay(FuzzTarget target, string[] files)
    {
        using var judge = new Judge(target);
        int faults = 0;
        foreach (string file in files)
        {
            var verdict = judge.Of(File.ReadAllBytes(file));
            Console.WriteLine($"{file}: {verdict.Fault ?? verdict.Behaviour} ({verdict.Allocated:N0} bytes allocated)");
            faults += verdict.Fault is null ? 0 : 1;
        }
        return faults == 0 ? 0 : Found;
    }

    private static int Fuzz(IReadOnlyList<FuzzTarget> targets, string[] options)
    {
        var (seconds, seed) = Options(options);
        int faults = 0;
        foreach (var target in targets)
        {
            string last = Path.Combine(Path.GetTempPath(), $"kappa-fuzz-{Environment.ProcessId}-{target.Name}");
            using var watch = new Watch(target, MostTime, last);
            var campaign = new Campaign(target, seed) { OnInput = watch.Begin };
            long start = Stopwatch.GetTimestamp(), next = 10;
            Console.WriteLine($"{target.Name}: {seconds} s from seed {seed}; should the process die, {last} is what it read");
            var found = campaign.Run(() =>
            {
                double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (elapsed >= next)
                {
                    Console.WriteLine($"  {elapsed:F0} s: {Standing(campaign)}");
                    next += 10;
                }
                return elapsed < seconds;
            });
            Console.WriteLine($"  {found.Count} faults; {Standing(campaign)}");
            foreach (var (input, fault) in found)
            {
                Console.WriteLine($"{target.Name}: {fault}");
                Report(target, CorpusFolder.Keep(target, input));
            }
            faults += found.Count;
        }
        return faults == 0 ? 0 : Found;
    }

    private static string Standing(Campaign campaign) => string.Create(
        CultureInfo.InvariantCulture,
        $"{campaign.Runs:N0} inputs, {campaign.WereRead:N0} read, {campaign.Behaviours:N0} ways, at most {campaign.MostAllocated:N0} bytes allocated, "
        + $"{Environment.WorkingSet >> 20} MB resident");

    private static (int Seconds, ulong Seed) Options(string[] options)
    {
        int seconds = 60;
        ulong seed = 0;
        for (int i = 0; i < options.Length; i += 2)
        {
            bool isRead = i + 1 < options.Length && options[i] switch
            {
                "--seconds" => int.TryParse(options[i + 1], CultureInfo.InvariantCulture, out seconds) && seconds >= 0,
                "--seed" => ulong.TryParse(options[i + 1], CultureInfo.InvariantCulture, out seed),
                _ => false,
            };
            if (!isRead)
                throw new ArgumentException($"expected --seconds N or --seed S with a whole number; got {string.Join(' ', options[i..])}");
        }
        return (seconds, seed);
    }
}
