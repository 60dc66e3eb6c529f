using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace Kappa.Cli.Tests;

/// <summary>Ctrl-C in the midst of each command that goes on for long: it ends by itself with 130, says how to go on and leaves nothing half-written.</summary>
public sealed class InterruptedCommandTests(LongRuns runs, ITestOutputHelper log) : IClassFixture<LongRuns>
{
    // A command takes 0.2 s of a processor to start.
    private static readonly TimeSpan AtWork = TimeSpan.FromSeconds(1);

    // One that does not begin, or does not end, is killed then; how long it took to end is said, not held.
    private static readonly TimeSpan Stuck = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Lines => [.. LongCommand.All.Select(command => command.ToString())];

    [SkippableTheory]
    [MemberData(nameof(Lines))]
    public void It_ends_says_how_to_go_on_and_leaves_nothing_half_written(string line)
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are sent by kill");
        var command = LongCommand.All.Single(one => one.ToString() == line);
        Skip.If(command.Missing is not null, command.Missing);
        using var process = CliProcess.Start(runs["."], line.StartsWith("data ", StringComparison.Ordinal) ? runs.NothingFetched : [], command.Line.Split(' '));
        using var limit = new Timer(_ => process.Kill(entireProcessTree: true), null, Stuck, Timeout.InfiniteTimeSpan);
        string begun = WaitFor(command.Sign, process);
        long start = Stopwatch.GetTimestamp();
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line}: ended after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s"));
        Assert.EndsWith(command.End, error.Result, StringComparison.Ordinal);
        Assert.Equal(130, process.ExitCode);
        string said = begun + output.Result;
        // No table of what is not there, and no report.
        Assert.DoesNotContain("–", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Report: ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at Kappa.", said + error.Result, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(runs["."], "*.kappa-tmp", SearchOption.AllDirectories));
        // What has nothing to go on from leaves nothing behind; of the many files of a report each is whole.
        if (command.End.EndsWith(LongCommand.StartsOver, StringComparison.Ordinal) && !line.StartsWith("report ", StringComparison.Ordinal))
            Assert.False(Path.Exists(runs[command.Line.Split("--out ")[^1]]), "something is left of it");
    }

    [Fact]
    public void Every_command_is_stopped_or_is_short()
    {
        var root = Application.BuildRoot(new(TextWriter.Null, TextWriter.Null, KappaCatalog.Choices, TimeProvider.System, []));
        string[] names = [.. NamesIn(root, "")];
        var stopped = LongCommand.All.Select(command => names
            .Where(name => command.Line.StartsWith($"{name} ", StringComparison.Ordinal)).MaxBy(name => name.Length));
        Assert.Equal(LongCommand.Short.Order(), names.Except(stopped).Order());
    }

    private static IEnumerable<string> NamesIn(Command parent, string path) =>
        parent.Subcommands.SelectMany(command => NamesIn(command, $"{path}{command.Name} ").Prepend(path + command.Name));

    /// <summary>Waits until it is at work.</summary>
    /// <returns>What it has printed, where that is what was waited for.</returns>
    private string WaitFor(string sign, Process process)
    {
        if (sign.StartsWith('"'))
            return Read(sign.Trim('"'), process);
        while (!process.HasExited)
        {
            process.Refresh();
            if (sign == LongCommand.Works ? process.TotalProcessorTime >= AtWork : Path.Exists(runs[sign]))
                return "";
            Thread.Sleep(20);
        }
        throw new InvalidOperationException(
            $"it ended by itself, or never got to work: {process.StandardOutput.ReadToEnd()}{process.StandardError.ReadToEnd()}");
    }

    private static string Read(string sign, Process process)
    {
        var text = new StringBuilder();
        do
        {
            int next = process.StandardOutput.Read();
            Assert.False(next < 0, $"it ended by itself, or never got to work: {text}");
            _ = text.Append((char)next);
        }
        while (!text.ToString().Contains(sign, StringComparison.Ordinal));
        return text.ToString();
    }
}
