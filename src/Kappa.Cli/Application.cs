using System.CommandLine;
using System.CommandLine.Help;

namespace Kappa.Cli;

/// <summary>The <c>kappa</c> command: parses, runs, and turns every outcome into a message and an exit code.</summary>
public static class Application
{
    private const string VerboseOption = "--verbose";

    /// <summary>Runs one command.</summary>
    /// <param name="arguments">The arguments after <c>kappa</c>.</param>
    /// <param name="output">Takes results.</param>
    /// <param name="error">Takes errors.</param>
    /// <returns>0 done, 1 failed, 2 bad usage, 130 interrupted.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error) =>
        Run(arguments, new CommandContext(output, error, KappaCatalog.Choices, TimeProvider.System, arguments));

    internal static int Run(IReadOnlyList<string> arguments, CommandContext context)
    {
        var (root, verbose, threads) = BuildParser(context);
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
            return ReportUsage(parsed, context);
        if (parsed.Action == root.Options.OfType<VersionOption>().Single().Action)
        {
            context.Output.WriteLine(CodeVersion.Short);
            return ExitCode.Done;
        }
        try
        {
            if (parsed.GetValue(threads) is { } count)
                Environment.SetEnvironmentVariable(EnvironmentVariables.Threads, count.ToString(CultureInfo.InvariantCulture));
            if (parsed.CommandResult.Command.Options.OfType<JsonOption>().Any(option => parsed.GetValue(option)) && parsed.Action is not HelpAction)
                context.Json = new JsonSheet();
            if (parsed.Action is not HelpAction)
                EnvironmentVariables.Check();
            // The parser calls the program by the name of its file; users know it as kappa.
            using var help = parsed.Action is HelpAction ? new StringWriter() : null;
            var configuration = new InvocationConfiguration
            {
                Output = help ?? context.Output,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            int code = parsed.Invoke(configuration);
            if (code == ExitCode.Done && context.Json is { } sheet)
                context.Terminal.Write(sheet.ToText(context.CommandLine));
            if (help is not null)
                context.Output.Write(help.ToString().Replace(RootCommand.ExecutableName, "kappa", StringComparison.Ordinal));
            return code;
        }
        catch (Exception error)
        {
            var (code, message) = ReportedFailure.Of(error);
            context.Error.WriteLine(message);
            bool isVerbose = parsed.GetValue(verbose) || Environment.GetEnvironmentVariable("KAPPA_DEBUG") is { Length: > 0 };
            if (isVerbose && code != ExitCode.Interrupted)
                context.Error.WriteLine(error.ToString());
            return code;
        }
        finally
        {
            context.Membership?.Dispose();
        }
    }

    /// <summary>What is wrong with the words of a command, without running it; nothing where they can be understood.</summary>
    internal static IReadOnlyList<string> FaultsOf(IReadOnlyList<string> arguments, CommandContext context) =>
        [.. BuildParser(context).Root.Parse(arguments).Errors.Select(error => error.Message)];

    private static (RootCommand Root, Option<bool> Verbose, Option<int?> Threads) BuildParser(CommandContext context)
    {
        // What --device may name.
        TorchFamilies.Register();
        var verbose = Options.Flag(VerboseOption, "Show stack traces of errors (so does the environment variable KAPPA_DEBUG).");
        verbose.Recursive = true;
        var root = BuildRoot(context);
        root.Add(verbose);
        var threads = Options.Threads();
        root.Add(threads);
        Options.RefuseEmpty(root, except: GenerateCommand.PromptName);
        return (root, verbose, threads);
    }

    internal static RootCommand BuildRoot(CommandContext context) => new(
        "Trains networks under several optimizers and judges them by what they do when deployed, beside their validation loss.\n\n"
        + "Start with: kappa demo")
    {
        DemoCommand.Create(context),
        CompareCommand.Create(context),
        TrainCommand.Create(context),
        SweepCommand.Create(context),
        GenerateCommand.Create(context),
        PredictCommand.Create(context),
        DiagnoseCommand.Create(context),
        ProbeCommand.Create(context),
        RescaleCommand.Create(context),
        ImportCommand.Create(context),
        ExportCommand.Create(context),
        BenchCommand.Create(context),
        ReproduceCommand.Create(context),
        ReportCommand.Create(context),
        ServeCommand.Create(context),
        OptimizersCommand.Create(context),
        TasksCommand.Create(context),
        DataCommand.Create(context),
        DevicesCommand.Create(context),
        ResultsCommand.Create(context),
        SchemaCommand.Create(context),
        CompletionCommand.Create(context),
    };

    private static int ReportUsage(ParseResult parsed, CommandContext context)
    {
        var command = parsed.CommandResult.Command;
        foreach (string token in parsed.UnmatchedTokens)
        {
            bool isOption = token.StartsWith('-');
            string[] names = isOption
                ? [.. command.Options.Where(option => !option.Hidden).Select(option => option.Name), "--help", VerboseOption, Options.ThreadsName]
                : [.. command.Subcommands.Select(subcommand => subcommand.Name)];
            context.Error.WriteLine(isOption || names.Length > 0
                ? $"error: {NearestName.Describe(isOption ? "option" : "command", token, names.Distinct())}"
                : $"error: unexpected argument \"{token}\"");
            // What follows a command that does not exist cannot be judged.
            if (!isOption && names.Length > 0)
                break;
        }
        if (parsed.UnmatchedTokens.Count == 0)
        {
            foreach (string message in parsed.Errors.Select(parseError => parseError.Message).Distinct())
                context.Error.WriteLine($"error: {message}");
        }
        var parts = command.Parents.OfType<Command>().Append(command).Where(part => part is not RootCommand);
        string path = string.Join(' ', parts.Select(part => part.Name).Prepend("kappa"));
        context.Error.WriteLine($"{path} --help shows what it takes.");
        return ExitCode.BadUsage;
    }
}
