using System.Diagnostics;

namespace Kappa.Cli.Tests;

/// <summary>The command as a process of its own.</summary>
internal static class CliProcess
{
    internal static Process Start(string workingFolder, params string[] arguments) => Start(workingFolder, [], arguments);

    /// <summary>With some environment variables; those that are null are not there.</summary>
    internal static Process Start(string workingFolder, (string Name, string? Value)[] environment, params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host) { WorkingDirectory = workingFolder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Kappa.Cli.dll"));
        foreach (var (name, value) in environment)
        {
            _ = start.Environment.Remove(name);
            if (value is not null)
                start.Environment[name] = value;
        }
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
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
