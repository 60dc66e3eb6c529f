using System.Runtime.InteropServices;

namespace Kappa.Lab.Reports;

/// <summary>Where and by what a run was made, for the reader of its report.</summary>
/// <param name="Command">The exact command.</param>
/// <param name="When">When the report was written.</param>
/// <param name="Version">The version of Kappa.</param>
/// <param name="Machine">Processor, number of cores, vector instructions, operating system and runtime.</param>
public sealed record RunEnvironment(string Command, DateTimeOffset When, string Version, string Machine)
{
    /// <summary>Describes this machine.</summary>
    /// <param name="command">The exact command.</param>
    /// <param name="clock">What tells the time.</param>
    public static RunEnvironment Describe(string command, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        string machine = string.Create(
            CultureInfo.InvariantCulture,
            $"{ProcessorName()}, {Environment.ProcessorCount} cores, {ComputeInstructions.Selected} instructions, {RuntimeInformation.OSDescription}, "
            + $"{RuntimeInformation.FrameworkDescription}");
        return new RunEnvironment(command, clock.GetLocalNow(), CodeVersion.Short, machine);
    }

    private static string ProcessorName()
    {
        const string Source = "/proc/cpuinfo";
        string? line = File.Exists(Source)
            ? File.ReadLines(Source).FirstOrDefault(candidate => candidate.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
