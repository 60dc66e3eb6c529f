using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Kappa.Resume.Tests;

/// <summary>What the other tests stand on: that no call is overlooked.</summary>
[Collection(Workplace.Collection)]
public sealed partial class OperationsTests(Workplace workplace, ITestOutputHelper output)
{
    private static readonly Dictionary<string, string> NamesOfCalls = new()
    {
        ["write"] = "write", ["writev"] = "write", ["pwrite64"] = "write", ["pwritev"] = "write", ["pwritev2"] = "write",
        ["truncate"] = "truncate", ["ftruncate"] = "truncate", ["fallocate"] = "allocate", ["sendfile"] = "copy", ["copy_file_range"] = "copy",
        ["fsync"] = "fsync", ["fdatasync"] = "fsync", ["sync_file_range"] = "fsync",
        ["rename"] = "rename", ["renameat"] = "rename", ["renameat2"] = "rename",
        ["unlink"] = "unlink", ["unlinkat"] = "unlink", ["rmdir"] = "rmdir", ["mkdir"] = "mkdir", ["mkdirat"] = "mkdir",
        ["link"] = "link", ["linkat"] = "link", ["symlink"] = "symlink", ["symlinkat"] = "symlink",
        ["chmod"] = "chmod", ["fchmod"] = "chmod", ["fchmodat"] = "chmod", ["fchmodat2"] = "chmod",
    };

    public static TheoryData<string> Studies() => Size.IsFull ? [.. Study.All.Select(study => study.Name)] : ["reproduce"];

    [SkippableTheory]
    [MemberData(nameof(Studies))]
    public void The_library_sees_every_call_that_strace_sees(string name)
    {
        workplace.Require();
        var images = workplace.ImagesOf(Study.Named(name));
        var bench = workplace.Bench;
        string trace = bench.Beside("strace.log");
        File.Delete(trace);
        // Over an old run, so that folders are removed too.
        bench.Restore(images.OldFolder);
        IReadOnlyList<Operation> operations;
        Outcome outcome;
        try
        {
            (outcome, operations) = bench.Watch(
                [.. images.Study.Start(Edition.New, Bench.RunArgument), "--force"], new Intervention(), "strace", "-f", "-qq", "-y", "-s", "0", "-o", trace);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new SkipException("strace is not installed: apt-get install strace");
        }
        Skip.If(!File.Exists(trace) || outcome.Error.Contains("ptrace", StringComparison.Ordinal), "strace may not trace here");
        Assert.True(outcome.Code == 0, outcome.Describe());
        var seen = Count(File.ReadLines(trace).Select(line => NameOf(line, bench.Box)).OfType<string>());
        var counted = Count(operations.Select(operation => operation.Name));
        output.WriteLine(seen);
        Assert.Equal(seen, counted);
    }

    /// <summary>What a line of strace says of a file in the folder; null where it says nothing of one.</summary>
    private static string? NameOf(string line, string folder)
    {
        var call = Call().Match(line);
        if (!call.Success || !Regex.IsMatch(line, $"{Regex.Escape(folder)}[/\">]"))
            return null;
        string name = call.Groups[1].Value;
        return name is "open" or "openat" or "creat"
            ? (name == "creat" || line.Contains("O_CREAT", StringComparison.Ordinal) || line.Contains("O_TRUNC", StringComparison.Ordinal) ? "open" : null)
            : NamesOfCalls.GetValueOrDefault(name);
    }

    private static string Count(IEnumerable<string> names) =>
        string.Join(", ", names.GroupBy(name => name).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key}"));

    [GeneratedRegex(@"^\d+\s+(\w+)\(")]
    private static partial Regex Call();
}
