using System.Diagnostics;
using Xunit.Abstractions;

namespace Kappa.Resume.Tests;

/// <summary>What a test tried, and what was not as promised.</summary>
internal sealed class Violations(string title, ITestOutputHelper output)
{
    private const int Shown = 30;

    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Fails where something was not as promised.</summary>
    /// <param name="perTry">For each try what was wrong; empty where nothing was.</param>
    /// <param name="note">What to add to the counts.</param>
    internal void Report(IReadOnlyCollection<IReadOnlyList<string>> perTry, string note = "")
    {
        string[] all = [.. perTry.SelectMany(found => found)];
        int failed = perTry.Count(found => found.Count > 0);
        string summary = $"{title}: {failed} of {perTry.Count} tries failed, {Stopwatch.GetElapsedTime(_start).TotalSeconds:F0} s{note}";
        output.WriteLine(summary);
        if (Size.ReportFile is { } file)
            File.AppendAllLines(file, [summary, .. all.Select(line => "  " + line)]);
        string rest = all.Length > Shown ? $"\n{all.Length - Shown} more; KAPPA_RESUME_REPORT=<file> takes all of them" : "";
        Assert.True(all.Length == 0, $"{summary}\n{string.Join('\n', all.Take(Shown))}{rest}");
    }
}
