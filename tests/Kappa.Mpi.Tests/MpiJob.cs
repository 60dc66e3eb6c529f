using System.Diagnostics;
using System.Text;

namespace Kappa.Mpi.Tests;

/// <summary>A job on its way.</summary>
internal sealed class MpiJob
{
    private readonly Process _process;
    // Of two jobs of Open MPI that share a folder one may remove it while the other begins.
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kappa-mpi-");
    private readonly StringBuilder _output = new(), _error = new();
    private readonly long _began = Stopwatch.GetTimestamp();

    internal MpiJob(ProcessStartInfo start)
    {
        start.Environment[MpiRun.SessionFolder] = _folder.FullName;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _output.Append(line.Data).Append('\n');
        _process.ErrorDataReceived += (_, line) => _error.Append(line.Data).Append('\n');
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal bool HasEnded => _process.HasExited;

    internal MpiRun Finish()
    {
        if (!_process.WaitForExit(TimeSpan.FromMinutes(8)))
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"the job did not end; it said:\n{_output}\n{_error}");
        }
        _process.WaitForExit();
        _folder.Delete(recursive: true);
        return new MpiRun(_process.ExitCode, _output.ToString().Trim('\n'), _error.ToString(), Stopwatch.GetElapsedTime(_began));
    }
}
