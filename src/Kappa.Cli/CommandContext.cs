namespace Kappa.Cli;

/// <summary>What commands use of the world: given, so that tests can give other things.</summary>
internal sealed record CommandContext(
    TextWriter Output, TextWriter Error, Choices Choices, TimeProvider Clock, IReadOnlyList<string> Arguments)
{
    /// <summary>Takes results, control characters spelt out.</summary>
    internal TextWriter Output { get; } = new VisibleWriter(Output);

    /// <summary>Takes errors, control characters spelt out.</summary>
    internal TextWriter Error { get; } = new VisibleWriter(Error);

    /// <summary>Takes what steers the terminal: nothing from outside that has not gone through <see cref="VisibleText"/>.</summary>
    internal TextWriter Terminal { get; } = Output;

    /// <summary>Runs other programs.</summary>
    internal IProcesses Processes { get; init; } = new SystemProcesses();

    /// <summary>Reads the answer to a question; null where there is no terminal to ask on.</summary>
    internal Func<string?>? ReadAnswer { get; init; } = Console.IsInputRedirected || Console.IsOutputRedirected ? null : Console.ReadLine;

    /// <summary>What <c>kappa data fetch</c> can bring.</summary>
    internal IReadOnlyList<Fetchable> Fetchables { get; init; } = [.. Fetchable.DataSets, Fetchable.Mujoco];

    /// <summary>The command as the user typed it.</summary>
    internal string CommandLine => "kappa " + string.Join(' ', Arguments.Select(Quote));

    /// <summary>Where and by what a report is made.</summary>
    internal RunEnvironment Environment => RunEnvironment.Describe(CommandLine, Clock);

    /// <summary>Whether no other process writes to the same place, as those of one mpirun do.</summary>
    internal bool IsAlone { get; init; } = true;

    /// <summary>The job of several processes that the command has joined, to be left when it has said all; null for none.</summary>
    internal IDisposable? Membership { get; set; }

    /// <summary>Whether the output is a terminal that can be redrawn.</summary>
    internal bool IsTerminal =>
        IsAlone && ReferenceEquals(Terminal, Console.Out) && !Console.IsOutputRedirected && System.Environment.GetEnvironmentVariable("TERM") is not "dumb";

    /// <summary>Says what the user should know of a run's folder.</summary>
    internal void Say(RunFolder run)
    {
        foreach (string note in run.Notes)
            Error.WriteLine($"note: {note}");
    }

    /// <summary>Writes the report of a run, which says where the run was amended.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal ReportPart WriteReport(RunFolder run, string title, Func<ReportPart> conclude, CancellationToken cancellation) => BackgroundWork.Run(
        () =>
        {
            var part = conclude().With(run.Manifest.Amendments);
            ReportWriter.Write(run, new Report(title, Environment, [part]), cancellation);
            return part;
        },
        cancellation);

    /// <summary>Says where the report is.</summary>
    internal int Done(RunPart run)
    {
        Output.WriteLine($"Report: {Path.GetFullPath(run.PathOf(ReportWriter.PageName))}");
        return ExitCode.Done;
    }

    /// <summary>Says what a config may name, with its settings.</summary>
    internal void WriteChoice(string title, string summary, SettingsType settings)
    {
        Output.WriteLine($"{title}\n  {summary}");
        WriteSettings(settings);
    }

    /// <summary>Lists settings, each in a line of its own.</summary>
    internal void WriteSettings(SettingsType settings, object? values = null)
    {
        foreach (string line in settings.Help(Choices, values))
            Output.WriteLine($"    {line}");
        Output.WriteLine();
    }

    internal static string Quote(string argument) =>
        argument.Length > 0 && argument.All(character => char.IsLetterOrDigit(character) || "-_./:=,@%+".Contains(character, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
