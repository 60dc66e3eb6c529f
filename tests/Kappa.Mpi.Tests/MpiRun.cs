using System.Diagnostics;
using System.Text;

namespace Kappa.Mpi.Tests;

/// <summary>Starts the processes of a job and waits for its end.</summary>
internal sealed record MpiRun(int Code, string Output, string Error, TimeSpan Took)
{
    internal const string OpenMpi = "openmpi", Mpich = "mpich";

    /// <summary>The lines that the processes said, by rank and in the order of each; not those of mpirun.</summary>
    internal string[] Lines => [.. Output.Split('\n').Where(line => line.Length > 1 && char.IsAsciiDigit(line[0])).OrderBy(line => line[0])];

    /// <summary>Runs a scenario of this program.</summary>
    internal static MpiRun Scenario(string kind, int processes, string scenario, params (string Name, string Value)[] environment) => Start(
        kind, processes, ["dotnet", typeof(MpiRun).Assembly.Location, .. scenario.Split(' ')], environment);

    internal static MpiRun Start(string kind, int processes, IEnumerable<string> command, params (string Name, string Value)[] environment)
    {
        string launcher = $"mpirun.{kind}";
        Skip.If(!IsInstalled(launcher), $"{(kind == OpenMpi ? "Open MPI" : "MPICH")} is not installed: {launcher} is not on the path");
        var start = new ProcessStartInfo(launcher)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, ArgumentList = { "-n", $"{processes}" },
            // Two machines of one, with a thread for each process, whatever runs beside.
            Environment = { ["OMPI_ALLOW_RUN_AS_ROOT"] = "1", ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1", ["KAPPA_THREADS"] = "1", ["TERM"] = "dumb" },
        };
        if (kind == OpenMpi)
        {
            start.ArgumentList.Add("--oversubscribe");
            start.ArgumentList.Add("--bind-to");
            start.ArgumentList.Add("none");
        }
        foreach (string argument in command)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        long began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var (output, error) = (new StringBuilder(), new StringBuilder());
        process.OutputDataReceived += (_, line) => output.Append(line.Data).Append('\n');
        process.ErrorDataReceived += (_, line) => error.Append(line.Data).Append('\n');
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"the job did not end; it said:\n{output}\n{error}");
        }
        process.WaitForExit();
        return new MpiRun(process.ExitCode, output.ToString().Trim('\n'), error.ToString(), Stopwatch.GetElapsedTime(began));
    }

    private static bool IsInstalled(string launcher) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, launcher)));
}
