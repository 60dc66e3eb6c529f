using System.CommandLine;
using System.CommandLine.Parsing;

namespace Kappa.Cli.Commands;

/// <summary>The options of commands, and checks of what was typed; each error says what the option takes and what came.</summary>
internal static class Options
{
    internal const string AmendAlone = "--amend is for --resume: it goes on with a config or data that differ from those the run began with";

    internal const string ResumeName = "--resume";

    internal const string ThreadsName = "--threads";

    private const int MostThreads = 256;

    // Each takes a thread and the memory of a model.
    private const int MostJobs = 1024;

    internal static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    internal static Option<string?> Text(string name, string help, string description) => new(name) { Description = description, HelpName = help };

    internal static Option<bool> Force() => Flag("--force", "Start over in a folder that holds a run already.");

    internal static Option<string?> Resume(string what) => Text(
        ResumeName, "folder", $"Continue the run in this folder{what}. Give it in the place of all else.");

    /// <summary>Refuses what does not go with <c>--resume</c>, which is the folder of a run and takes the rest from there.</summary>
    /// <param name="command">The command.</param>
    /// <param name="resumed">The folder; null for none.</param>
    /// <param name="isAmended">Whether a change is gone on with.</param>
    /// <param name="given">What else a run begins with, and whether it was given; the first is what it cannot begin without.</param>
    /// <exception cref="UsageException">Both are given, or neither.</exception>
    internal static void RequireStart(string command, string? resumed, bool isAmended, params (string What, bool IsGiven)[] given)
    {
        if (resumed is not null && given.Any(one => one.IsGiven))
        {
            string names = string.Join(", ", given[..^1].Select(one => one.What)) + " and " + given[^1].What;
            throw new UsageException($"{ResumeName} takes everything else from the run's folder; leave {names} out");
        }
        if (resumed is null && isAmended)
            throw new UsageException(AmendAlone);
        if (resumed is null && !given[0].IsGiven)
            throw new UsageException($"{command}: expected {given[0].What}, or {ResumeName} and the folder of a run; got neither");
    }

    internal static Option<bool> Amend() => Flag(
        "--amend", "With --resume: go on although the config or the data changed since the run began. Metrics and report say where.");

    /// <summary>A run's folder as the options ask for it.</summary>
    internal static RunRequest Wanted(this RunRequest request, string? path, bool isResumed, bool isForced, bool isAmended) => request with
    {
        Path = path,
        Mode = isResumed ? RunFolderMode.Resume : isForced ? RunFolderMode.Force : RunFolderMode.Fresh,
        Amend = isAmended,
    };

    internal static Option<int> Jobs(string what = "Trials to run")
    {
        var jobs = Count("--jobs", Environment.ProcessorCount, $"{what} at once. Results do not depend on it.");
        Require(jobs, text => Whole(text) is null or <= MostJobs, $"at most {MostJobs}");
        return jobs;
    }

    /// <summary>Of every command.</summary>
    internal static Option<int?> Threads()
    {
        var threads = new Option<int?>(ThreadsName)
        {
            Description = "Threads that one operation may use, before what KAPPA_THREADS says; by default all processors. Results do not depend on it.",
            HelpName = "count",
            Recursive = true,
        };
        Require(threads, text => Whole(text) is >= 1 and <= MostThreads, $"an integer from 1 to {MostThreads}");
        return threads;
    }

    internal static Option<int> Count(string name, int value, string description, int least = 1, string help = "count") =>
        Number(name, value, description, text => Whole(text) >= least, $"an integer of {least} or more", help);

    internal static Option<T> Number<T>(string name, T value, string description, Func<string, bool> fits, string expected, string help = "number")
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => value, HelpName = help };
        Require(option, fits, expected);
        return option;
    }

    /// <summary>Refuses text that does not fit, before the parser complains in terms of types.</summary>
    internal static void Require(Option option, Func<string, bool> fits, string expected) => option.Validators.Add(result =>
    {
        var typed = result.Tokens.Select(token => token.Value);
        string[] values = option.AllowMultipleArgumentsPerToken ? [.. typed] : [string.Join(' ', typed)];
        if (!result.Implicit && values.FirstOrDefault(value => !fits(value)) is { } wrong)
            result.AddError($"{option.Name}: expected {expected}; got {wrong}");
    });

    /// <summary>What was typed for an option that counts; null where its default stands.</summary>
    internal static int? Asked(this ParseResult parsed, Option<int> option) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

    /// <summary>Refuses a number that was typed and asks for more than there is.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="option">The option.</param>
    /// <param name="there">How many there are.</param>
    /// <param name="of">Of what.</param>
    /// <exception cref="UsageException">It does.</exception>
    internal static void RequireThere(ParseResult parsed, Option<int> option, long there, string of)
    {
        if (parsed.Asked(option) is { } asked && asked > there)
            throw new UsageException($"{option.Name}: expected {there} at most, since there are no more {of}; got {asked}");
    }

    internal static int? Whole(string text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : null;

    /// <summary>A finite number; NaN for other text.</summary>
    internal static double Finite(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : double.NaN;

    internal static Command Does(this Command command, Func<ParseResult, int> action)
    {
        command.SetAction(action);
        return command;
    }

    /// <summary>Refuses a file, a folder or a name that is there and empty, as where a variable of the shell is not set.</summary>
    internal static void RefuseEmpty(Command root, string except)
    {
        foreach (var command in root.Subcommands)
        {
            foreach (var option in command.Options.Where(option => option.ValueType == typeof(string) && option.Name != except))
                option.Validators.Add(result => RefuseEmpty(result, option.Name, option.HelpName ?? "text"));
            foreach (var argument in command.Arguments.Where(argument => argument.ValueType == typeof(string) || argument.ValueType == typeof(string[])))
                argument.Validators.Add(result => RefuseEmpty(result, argument.Name, "value"));
        }
    }

    private static void RefuseEmpty(SymbolResult result, string name, string expected)
    {
        if (result.Tokens.Any(token => token.Value.Length == 0))
            result.AddError($"{name}: expected a {expected}; got an empty one");
    }
}
