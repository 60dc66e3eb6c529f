using System.Diagnostics;

namespace Kappa.Resume.Tests;

/// <summary>The <c>kappa</c> command as a process of its own.</summary>
/// <remarks>It is that of KAPPA_COMMAND (a .dll or a program), or the one that was built with these tests.</remarks>
internal sealed class Command : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly string Path = Environment.GetEnvironmentVariable("KAPPA_COMMAND") is { Length: > 0 } path
        ? System.IO.Path.GetFullPath(path)
        : System.IO.Path.Combine(AppContext.BaseDirectory, "Kappa.Cli.dll");

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private Command(Process process)
    {
        _process = process;
        (_output, _error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    internal int ProcessId => _process.Id;

    internal bool HasEnded => _process.HasExited;

    /// <summary>Starts it.</summary>
    /// <param name="folder">The current folder.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="arguments">What follows <c>kappa</c>.</param>
    /// <param name="under">A program that runs it, with its arguments, such as <c>strace</c>; empty for none.</param>
    internal static Command Start(string folder, IEnumerable<(string Name, string Value)> environment, IEnumerable<string> arguments, params string[] under)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] command = Path.EndsWith(".dll", StringComparison.Ordinal) ? [host, Path] : [Path];
        string[] words = [.. under, .. command, .. arguments];
        var start = new ProcessStartInfo(words[0]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string word in words[1..])
            start.ArgumentList.Add(word);
        // These runs last less than a second, so that compiling again what is called often does not pay.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        // A killed process cannot remove the pipes that it would wait on for a debugger.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["KAPPA_THREADS"] = "1";
        if (Study.DigitsFolder is { } digits)
            start.Environment["KAPPA_DATA_HANDWRITTEN_DIGITS"] = digits;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new Command(Process.Start(start)!);
    }

    /// <summary>Waits for the end; one that takes minutes is killed and counts as hung.</summary>
    internal Outcome Finish()
    {
        bool hung = !_process.WaitForExit(Patience);
        if (hung)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        return new Outcome(_process.ExitCode, _output.Result, _error.Result, hung);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}

/// <summary>How a process ended.</summary>
/// <param name="Code">The exit code; 137 where it was killed.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Hung">Whether it was killed because it took too long.</param>
internal sealed record Outcome(int Code, string Output, string Error, bool Hung)
{
    internal const int Killed = 137;

    /// <summary>The outcome in a line.</summary>
    internal string Describe()
    {
        string text = string.Join(" ", Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return $"{(Hung ? "hung" : $"exit code {Code}")}: {(text.Length > 300 ? text[..300] + " ..." : text)}";
    }
}
