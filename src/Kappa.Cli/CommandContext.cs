using Kappa.Lab.Catalog;
using Kappa.Lab.Experiments;
using Kappa.Lab.Runs;
using Kappa.Lab.Tasks;

namespace Kappa.Cli;

/// <summary>What commands use of the world: given, so that tests can give other things.</summary>
internal sealed record CommandContext(
    TextWriter Output, TextWriter Error, IReadOnlyList<LabTask> Tasks, TimeProvider Clock, IReadOnlyList<string> Arguments)
{
    /// <summary>The experiments that exist.</summary>
    internal IReadOnlyList<Experiment> Experiments { get; init; } = ExperimentRegistry.All;

    /// <summary>The command as the user typed it.</summary>
    internal string CommandLine => "kappa " + string.Join(' ', Arguments.Select(Quote));

    /// <summary>Whether the output is a terminal that can be redrawn.</summary>
    internal bool IsTerminal => ReferenceEquals(Output, Console.Out) && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    /// <summary>Says what the user should know of a run's folder.</summary>
    internal void Say(RunFolder run)
    {
        foreach (string note in run.Notes)
            Error.WriteLine($"note: {note}");
    }

    internal static string Quote(string argument) =>
        argument.Length > 0 && argument.All(character => char.IsLetterOrDigit(character) || "-_./:=,@%+".Contains(character, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
