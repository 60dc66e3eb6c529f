namespace Kappa.Resume.Tests;

/// <summary>How much is tried, from the environment.</summary>
internal static class Size
{
    /// <summary>Whether every point is tried (KAPPA_RESUME=full), not a sample.</summary>
    internal static bool IsFull { get; } = Environment.GetEnvironmentVariable("KAPPA_RESUME") == "full";

    /// <summary>Processes at once: KAPPA_RESUME_JOBS, or two.</summary>
    internal static int Workers { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("KAPPA_RESUME_JOBS"), out int count) && count > 0 ? count : Math.Min(2, Environment.ProcessorCount);

    /// <summary>The number of the one operation to kill at (KAPPA_RESUME_POINT); null for all that are chosen.</summary>
    internal static int? Point { get; } = int.TryParse(Environment.GetEnvironmentVariable("KAPPA_RESUME_POINT"), out int number) ? number : null;

    /// <summary>Whether the folder of all runs stays, to look at (KAPPA_RESUME_KEEP).</summary>
    internal static bool KeepsFolders { get; } = Environment.GetEnvironmentVariable("KAPPA_RESUME_KEEP") is { Length: > 0 };

    /// <summary>The file that takes all violations and counts (KAPPA_RESUME_REPORT); null for none.</summary>
    internal static string? ReportFile { get; } = Environment.GetEnvironmentVariable("KAPPA_RESUME_REPORT") is { Length: > 0 } path ? path : null;
}
