using System.CommandLine;
using System.Reflection;

namespace Kappa.Cli.Commands;

/// <summary><c>kappa demo</c>: small comparisons that need no config.</summary>
internal static class DemoCommand
{
    private const string Prefix = "Kappa.Cli.Demo.";

    internal static Command Create(CommandContext context)
    {
        var output = Options.Text("--out", "folder", "The folder. Default: runs/demo-<n> in the current folder.");
        var quick = Options.Flag("--quick", "Fewer seeds, rates and steps: a check that all works, in seconds, not a result.");
        var jobs = Options.Jobs();
        return new Command(
            "demo",
            "Trains the same small networks by AdamW and Muon, each with and without activation preconditioning, deploys them, and writes a report. "
            + "Takes about three minutes on two cores.\n\n"
            + "Examples:\n"
            + "  kappa demo\n"
            + "  kappa demo --quick --out runs/demo")
        {
            output, quick, jobs, new JsonOption(),
        }.Does(parsed => Run(context, parsed.GetValue(output) ?? FreeFolder(), parsed.GetValue(quick), parsed.GetValue(jobs)));
    }

    private static int Run(CommandContext context, string folder, bool quick, int jobs)
    {
        if (File.Exists(folder))
            throw new UsageException($"{folder}: expected a folder; it is a file. Choose another --out");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new UsageException($"{folder}: is not empty. Choose another --out");
        using var interruption = new Interruption(context.Error);
        var session = new ComparisonSession(context, jobs, interruption.Token);
        var parts = new List<ReportPart>();
        foreach (string text in ConfigTexts())
        {
            string name = (string)JsonNode.Parse(text)!["task"]!["name"]!;
            var task = context.Choices.Of<LabTask>().FirstOrDefault(candidate => candidate.Name == name);
            if ((task is null ? "there is no such task in this build." : task.Unavailable) is { } reason)
            {
                context.Output.WriteLine($"The part on {name} is left out: {reason}");
                continue;
            }
            var full = ComparisonConfig.Parse(text, context.Choices);
            var config = quick ? Shortened(full) : full;
            using var run = RunFolder.Open(ComparisonSession.Request(config) with { Path = Path.Combine(folder, config.Name) });
            if (session.Compare(config, run).Part is not { } part)
            {
                return context.Interrupted(run, "compare");
            }
            parts.Add(part);
        }
        foreach (var part in parts)
            context.Show(part.Name, part.Findings, isNamed: true);
        var whole = new RunPart(folder);
        ReportWriter.Write(whole, new Report("Kappa demo", context.Environment, parts), interruption.Token);
        return context.Done(whole);
    }

    private static ComparisonConfig Shortened(ComparisonConfig config)
    {
        int steps = Math.Max(20, config.Steps / 20);
        return config with
        {
            Seeds = [.. config.Seeds.Take(2)],
            Steps = steps,
            Schedule = config.Schedule with { Warmup = Math.Min(config.Schedule.Warmup ?? 0, steps / 10) },
            CheckpointEvery = steps,
            EvaluateEvery = Math.Max(1, steps / 10),
            Optimizers = [.. config.Optimizers.Select(optimizer => optimizer with
            {
                Steps = Math.Max(20, optimizer.Steps / 20),
                LearningRates = [optimizer.LearningRates[optimizer.LearningRates.Count / 2]],
            })],
        };
    }

    private static IEnumerable<string> ConfigTexts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        string[] names = assembly.GetManifestResourceNames();
        foreach (string name in names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return reader.ReadToEnd();
        }
    }

    private static string FreeFolder() => Enumerable.Range(1, int.MaxValue)
        .Select(number => Path.Combine("runs", FormattableString.Invariant($"demo-{number}"))).First(folder => !Directory.Exists(folder));
}
