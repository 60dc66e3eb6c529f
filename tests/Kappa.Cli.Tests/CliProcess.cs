using System.Diagnostics;
using System.Globalization;

namespace Kappa.Cli.Tests;

/// <summary>The command as a process of its own.</summary>
internal static class CliProcess
{
    private const int Interrupt = 2;

    /// <summary>What stands in front of a command that is to hear of a Ctrl-C: a shell's background jobs, such as those of nohup, hand down that they do
    /// not.</summary>
    internal static string[] HearsInterrupts { get; } = IsInterruptIgnored() ? ["env", "--default-signal=INT"] : [];

    internal static Process Start(string workingFolder, params string[] arguments) => Start(workingFolder, [], arguments);

    /// <summary>With some environment variables; those that are null are not there.</summary>
    internal static Process Start(string workingFolder, (string Name, string? Value)[] environment, params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] words = [.. HearsInterrupts, host, Path.Combine(AppContext.BaseDirectory, "Kappa.Cli.dll"), .. arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = workingFolder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            _ = start.Environment.Remove(name);
            if (value is not null)
                start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    private static bool IsInterruptIgnored()
    {
        const string field = "SigIgn:", status = "/proc/self/status";
        return File.Exists(status) && File.ReadLines(status).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal)) is { } line
            && (ulong.Parse(line[field.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> (Interrupt - 1) & 1) == 1;
    }

    /// <summary>Waits for the end, and says what was written where that takes too long.</summary>
    internal static (int ExitCode, string Output, string Error) Finish(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(120_000))
            process.Kill();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }
}
