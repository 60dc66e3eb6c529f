using System.Diagnostics;

namespace Kappa.Mpi.Tests;

/// <summary>Starts the processes of a job and waits for its end.</summary>
internal sealed record MpiRun(int Code, string Output, string Error, TimeSpan Took)
{
    internal const string OpenMpi = "openmpi", Mpich = "mpich";

    private const string Variable = "KAPPA_MPI";

    /// <summary>The libraries of this test run: the one that KAPPA_MPI names, or both.</summary>
    internal static string[] Tested { get; } = Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" => [OpenMpi, Mpich],
        OpenMpi => [OpenMpi],
        Mpich => [Mpich],
        var other => throw new InvalidOperationException($"{Variable}: expected {OpenMpi} or {Mpich}; got \"{other}\""),
    };

    /// <summary>The lines that the processes said, by rank and in the order of each; not those of mpirun.</summary>
    internal string[] Lines => [.. Output.Split('\n').Where(line => line.Length > 1 && char.IsAsciiDigit(line[0])).OrderBy(line => line[0])];

    /// <summary>Runs a scenario of this program.</summary>
    internal static MpiRun Scenario(string kind, int processes, string scenario, params (string Name, string Value)[] environment) => Start(
        kind, processes, ["dotnet", typeof(MpiRun).Assembly.Location, .. scenario.Split(' ')], environment);

    /// <summary>Runs the <c>kappa</c> command in a folder.</summary>
    internal static MpiRun Kappa(string kind, int processes, string folder, string arguments, params (string Name, string Value)[] environment) =>
        Started(kind, [(processes, KappaCommand(arguments))], folder, environment).Finish();

    /// <summary>The variable that says where Open MPI keeps what it needs for a job.</summary>
    internal const string SessionFolder = "OMPI_MCA_orte_tmpdir_base";

    /// <summary>The words of the <c>kappa</c> command that was built with these tests.</summary>
    internal static string[] KappaCommand(string arguments) =>
        ["dotnet", Path.Combine(AppContext.BaseDirectory, "Kappa.Cli.dll"), .. arguments.Split(' ')];

    internal static MpiRun Start(string kind, int processes, IEnumerable<string> command, params (string Name, string Value)[] environment) =>
        Started(kind, [(processes, [.. command])], null, environment).Finish();

    /// <summary>Starts a job of parts, each so many processes of one command.</summary>
    internal static MpiJob Started(
        string kind, IReadOnlyList<(int Processes, string[] Command)> parts, string? folder, params (string Name, string Value)[] environment)
    {
        RequireInstalled(kind);
        string[] launcher = Launcher(kind);
        var start = new ProcessStartInfo(launcher[0], launcher[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Environment.CurrentDirectory,
            // A thread for each process, whatever runs beside.
            Environment =
            {
                ["OMPI_ALLOW_RUN_AS_ROOT"] = "1", ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1", ["KAPPA_THREADS"] = "1", ["TERM"] = "dumb",
                ["DOTNET_TieredPGO"] = "0",
            },
        };
        foreach (var (i, (processes, command)) in parts.Index())
        {
            foreach (string argument in (string[])[.. i > 0 ? new[] { ":" } : [], "-n", $"{processes}", .. command])
                start.ArgumentList.Add(argument);
        }
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new MpiJob(start);
    }

    /// <summary>The words that start a job, up to the number of processes.</summary>
    internal static string[] Launcher(string kind) =>
        kind == OpenMpi ? [$"mpirun.{kind}", "--oversubscribe", "--bind-to", "none"] : [$"mpirun.{kind}"];

    /// <summary>Skips a test where a library is not there.</summary>
    internal static void RequireInstalled(string kind)
    {
        string launcher = Launcher(kind)[0];
        bool isInstalled = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, launcher)));
        Skip.IfNot(isInstalled, $"{(kind == OpenMpi ? "Open MPI" : "MPICH")} is not installed: {launcher} is not on the path");
    }
}
