namespace Kappa.Cli;

/// <summary>What commands use of the world: given, so that tests can give other things.</summary>
internal sealed record CommandContext(
    TextWriter Output, TextWriter Error, Choices Choices, TimeProvider Clock, IReadOnlyList<string> Arguments)
{
    private readonly VisibleWriter _output = new(Output);

    /// <summary>Takes results, control characters spelt out; the standard error where the standard output is for JSON alone.</summary>
    internal TextWriter Output => Json is null ? _output : Error;

    /// <summary>Takes what programs read; null where people do.</summary>
    internal JsonSheet? Json { get; set; }

    /// <summary>Takes errors, control characters spelt out.</summary>
    internal TextWriter Error { get; } = new VisibleWriter(Error);

    /// <summary>Takes JSON, and what steers the terminal: nothing from outside that has not gone through <see cref="VisibleText"/>.</summary>
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
        IsAlone && Json is null
        && ReferenceEquals(Terminal, Console.Out) && !Console.IsOutputRedirected && System.Environment.GetEnvironmentVariable("TERM") is not "dumb";

    /// <summary>Shows what was found.</summary>
    /// <param name="name">Of what.</param>
    /// <param name="findings">The findings.</param>
    /// <param name="isNamed">Whether people are told the name, as where there are several.</param>
    internal void Show(string name, Findings findings, bool isNamed = false)
    {
        TextReport.Write(Output, findings, isNamed ? name : "");
        Json?.Add(name, findings);
    }

    /// <summary>Shows a table.</summary>
    internal void Show(string name, FindingTable table)
    {
        TextReport.Write(Output, table);
        Record(name, table);
    }

    /// <summary>Keeps a table for programs, of what people are told in other words.</summary>
    internal void Record(string name, FindingTable table) => Json?.Add(name, new Findings("", [new FindingSection(name, "") { Table = table }]));

    /// <summary>Says what the user should know of a run's folder.</summary>
    internal void Say(RunFolder run)
    {
        foreach (string note in run.Notes)
            Error.WriteLine($"note: {note}");
    }

    /// <summary>Says how a run that was interrupted goes on.</summary>
    /// <param name="run">The run.</param>
    /// <param name="command">The command of it, such as <c>train</c>.</param>
    /// <param name="done">How much is done, such as <c> with 2 of 4 trials finished</c>; empty where that is no number.</param>
    internal int Interrupted(RunFolder run, string command, string done = "")
    {
        Error.WriteLine(run.HasBegun
            ? $"interrupted{done}. Continue with:\n  kappa {command} --resume {Quote(run.FolderPath)}"
            : ReportedFailure.StartsOver);
        return ExitCode.Interrupted;
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
        string page = Path.GetFullPath(run.PathOf(ReportWriter.PageName));
        Output.WriteLine($"Report: {page}");
        if (Json is not null)
            Json.Report = page;
        return ExitCode.Done;
    }

    /// <summary>Says what a config may name, with its settings.</summary>
    /// <param name="name">As the config names it.</param>
    /// <param name="place">Where it goes, for people.</param>
    /// <param name="summary">What it is.</param>
    /// <param name="settings">Its settings.</param>
    internal void WriteChoice(string name, string place, string summary, SettingsType settings)
    {
        Output.WriteLine($"{name}{place}\n  {summary}");
        WriteLines(settings, null);
        Json?.Add(name, new Findings(summary, [new FindingSection("settings", "") { Table = settings.Table(Choices) }]));
    }

    /// <summary>Lists settings, each in a line of its own.</summary>
    internal void WriteSettings(string name, SettingsType settings, object values)
    {
        WriteLines(settings, values);
        Record(name, settings.Table(Choices, values));
    }

    private void WriteLines(SettingsType settings, object? values)
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
