namespace Kappa.Cli.Fetching;

/// <summary>Other programs: given, so that tests download nothing.</summary>
internal interface IProcesses
{
    /// <summary>Whether what is run may install for the whole machine.</summary>
    bool AreRoot { get; }

    /// <summary>The path of a program; null where it is not there.</summary>
    string? Find(string program);

    /// <summary>Runs a program to its end, in the current folder, with this process's terminal.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="cancellation">Asks it to stop, as Ctrl-C does.</param>
    /// <returns>Its exit code.</returns>
    int Run(IReadOnlyList<string> command, CancellationToken cancellation);
}
