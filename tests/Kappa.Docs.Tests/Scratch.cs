using System.Diagnostics;
using Kappa.Cli.Tests;
using Kappa.Tensors;

namespace Kappa.Docs.Tests;

/// <summary>A folder with small files and runs under the names that the pages use, where their command lines are run.</summary>
public sealed class Scratch : IDisposable
{
    /// <summary>The collection of those that change the current folder, which a process has one of.</summary>
    public const string CurrentFolder = "current folder";

    private readonly SmallRuns _runs = new();

    /// <summary>Makes it.</summary>
    public Scratch()
    {
        // The name as pages have it; the command as it was built with these tests.
        _ = Directory.CreateDirectory(_runs["bin"]);
        string command = Path.Combine(AppContext.BaseDirectory, "Kappa.Cli.dll");
        File.WriteAllText(_runs["bin/kappa"], $"#!/bin/sh\nexec \"${{DOTNET_HOST_PATH:-dotnet}}\" '{command}' \"$@\"\n");
        WriteKernels();
        var (exitCode, text) = Run(string.Join('\n', ["chmod +x bin/kappa", .. CommandTable.Read.Before]));
        Assert.True(exitCode == 0, text);
    }

    /// <summary>Runs a line: the command alone in this process, which has compiled it already; with other programs by a shell.</summary>
    /// <param name="line">What to type.</param>
    /// <returns>Its exit code, and what it printed: standard output, then errors.</returns>
    public (int ExitCode, string Text) Run(string line)
    {
        const string Command = "kappa ";
        if (!line.StartsWith(Command, StringComparison.Ordinal) || line.AsSpan().ContainsAny("|&;<>\n"))
            return Shell(line);
        var (exitCode, words) = Shell($"printf '%s\\0' {line[Command.Length..]}");
        Assert.Equal(0, exitCode);
        string before = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = _runs["."];
            var run = CommandRun.Of(words.Split('\0')[..^1]);
            return (run.ExitCode, WithoutFolder(run.Output + run.Error));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    private (int ExitCode, string Text) Shell(string line)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = _runs["."], RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-euo", "pipefail", "-c", line])
            start.ArgumentList.Add(argument);
        start.Environment["PATH"] = $"{_runs["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["ROOT"] = Kappa.Lab.Tests.Studies.Train.Repository.Root();
        foreach (var (name, value) in CommandTable.Read.Variables)
            start.Environment[name] = value;
        // As root, and with more processes than processors, Open MPI asks to be told that this is meant.
        foreach (string name in (string[])["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_rmaps_base_oversubscribe"])
            start.Environment[name] = "1";
        // Of two jobs of Open MPI that share a folder one may remove it while the other begins.
        start.Environment["OMPI_MCA_orte_tmpdir_base"] = _runs["bin"];
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(600_000))
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return (process.ExitCode, WithoutFolder(output.Result + error.Result));
    }

    private string WithoutFolder(string text) => text.Replace(_runs["."][..^1], "", StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => _runs.Dispose();

    /// <summary>The weights of a run as another program stores them: transposed, under other names, beside the state of an optimizer.</summary>
    private void WriteKernels()
    {
        var written = new StateDict();
        foreach (var (path, tensor) in StateDict.Load(_runs["run/checkpoints/step-00000006/model.safetensors"]))
        {
            bool isMatrix = tensor.Rank == 2;
            written.Add(isMatrix ? path.Replace(".weight", ".kernel", StringComparison.Ordinal) : path, isMatrix ? tensor.Transpose() : tensor);
        }
        written.Add("optimizer.step", Tensor.Scalar(6));
        written.Save(_runs["net.safetensors"]);
    }
}
