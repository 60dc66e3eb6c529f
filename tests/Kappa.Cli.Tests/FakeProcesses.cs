namespace Kappa.Cli.Tests;

/// <summary>Programs that are not run: what would have been is kept.</summary>
internal sealed class FakeProcesses(params string[] programs) : IProcesses
{
    internal List<string> Commands { get; } = [];

    /// <summary>What running a command does; returns its exit code.</summary>
    internal Func<string, int> Act { get; init; } = _ => 0;

    public bool AreRoot { get; init; } = true;

    public string? Find(string program) => programs.Contains(program) ? $"/usr/bin/{program}" : null;

    public int Run(IReadOnlyList<string> command, CancellationToken cancellation)
    {
        Commands.Add(string.Join(' ', command));
        return Act(Commands[^1]);
    }
}
