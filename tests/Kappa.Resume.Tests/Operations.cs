using System.Diagnostics;
using System.Globalization;

namespace Kappa.Resume.Tests;

/// <summary>A call that changes something under the watched folder.</summary>
/// <param name="Number">Its number in the process, from 1.</param>
/// <param name="Name">What it is, such as <c>rename</c>.</param>
/// <param name="File">The file, relative to the watched folder.</param>
internal sealed record Operation(int Number, string Name, string File)
{
    /// <summary>Name and file without the numbers of processes and attempts: the same for calls of one kind.</summary>
    internal string Kind => $"{Name} {string.Concat(File.Where(character => !char.IsAsciiDigit(character)))}";
}

/// <summary>What to do at a call.</summary>
/// <param name="KillAt">The call before which the process is killed; 0 for none.</param>
/// <param name="Half">Whether half of its bytes are written first.</param>
/// <param name="PauseAt">The call before which the process waits; 0 for none.</param>
/// <param name="PauseUntil">The file whose existence ends the wait.</param>
internal sealed record Intervention(int KillAt = 0, bool Half = false, int PauseAt = 0, string PauseUntil = "");

/// <summary>The library that watches the calls of a process (<c>operations.c</c>), compiled here.</summary>
internal sealed class OperationsLibrary
{
    private readonly string _file;

    private OperationsLibrary(string file) => _file = file;

    /// <summary>Compiles it into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="reason">Why it cannot be used here; null where it can.</param>
    internal static OperationsLibrary? Compile(string folder, out string? reason)
    {
        reason = OperatingSystem.IsLinux() ? null : "calls of a process are watched by LD_PRELOAD, which is Linux's";
        if (reason is not null)
            return null;
        string file = Path.Combine(folder, "operations.so");
        string source = Path.Combine(AppContext.BaseDirectory, "operations.c");
        var start = new ProcessStartInfo("gcc", ["-shared", "-fPIC", "-O1", "-o", file, source, "-ldl", "-lpthread"]) { RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            reason = process.ExitCode == 0 ? null : $"gcc could not compile operations.c: {errors}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            reason = "gcc is not installed: apt-get install gcc libc6-dev";
        }
        return reason is null ? new OperationsLibrary(file) : null;
    }

    /// <summary>The environment of a process that is watched.</summary>
    /// <param name="folder">The folder whose changes count.</param>
    /// <param name="log">Takes the calls.</param>
    /// <param name="intervention">What to do at one of them.</param>
    internal IEnumerable<(string Name, string Value)> Environment(string folder, string log, Intervention intervention)
    {
        yield return ("LD_PRELOAD", _file);
        yield return ("RESUME_TEST_PREFIX", folder);
        yield return ("RESUME_TEST_LOG", log);
        if (intervention.KillAt > 0)
            yield return ("RESUME_TEST_KILL_AT", intervention.KillAt.ToString(CultureInfo.InvariantCulture));
        if (intervention.Half)
            yield return ("RESUME_TEST_HALF", "1");
        if (intervention.PauseAt > 0)
        {
            yield return ("RESUME_TEST_PAUSE_AT", intervention.PauseAt.ToString(CultureInfo.InvariantCulture));
            yield return ("RESUME_TEST_PAUSE_UNTIL", intervention.PauseUntil);
        }
    }

    /// <summary>The calls that a log holds.</summary>
    /// <param name="log">The log; it may not be there.</param>
    /// <param name="folder">The watched folder.</param>
    internal static IReadOnlyList<Operation> Read(string log, string folder) => !File.Exists(log) ? [] :
        [.. from line in File.ReadLines(log)
            let parts = line.Split(' ', 3)
            select new Operation(int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], Path.GetRelativePath(folder, parts[2]))];
}
