using System.Diagnostics;

namespace Kappa.Cli.Fetching;

/// <summary>The programs of this machine.</summary>
internal sealed class SystemProcesses : IProcesses
{
    public bool AreRoot => Environment.IsPrivilegedProcess;

    public string? Find(string program)
    {
        string[] endings = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => endings.Select(ending => Path.Combine(folder, program + ending)))
            .FirstOrDefault(File.Exists);
    }

    public int Run(IReadOnlyList<string> command, CancellationToken cancellation)
    {
        // The terminal is the child's too: what it writes is seen as it comes, and sudo can ask for a password.
        var start = new ProcessStartInfo(Find(command[0]) ?? command[0], command.Skip(1));
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var process = Process.Start(start)!;
        using (cancellation.Register(() => Interrupt(process.Id)))
            process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>What Ctrl-C in a terminal sends to both, and a signal to this process alone does not.</summary>
    private static void Interrupt(int process)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-INT", process.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true });
        kill?.WaitForExit();
    }
}
