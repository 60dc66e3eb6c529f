using System.Text.RegularExpressions;

namespace Kappa.Cli;

/// <summary>What an exception comes to: an exit code, and a message that says whose fault it is and the way out.</summary>
internal sealed partial record ReportedFailure(int Code, string Message)
{
    /// <summary>How messages of errors begin.</summary>
    internal const string Prefix = "error: ";

    /// <summary>What is said of work that had nothing to save.</summary>
    internal const string StartsOver = "interrupted; the same command starts over";

    private const string NoMemory =
        Prefix + "there is not enough memory for this. Take a smaller model, batch or number of samples, or fewer --jobs where there are several";

    internal static ReportedFailure Of(Exception error)
    {
        // What several threads threw, or a type or a lazy value on its way, is told by its cause.
        while (error is AggregateException or TypeInitializationException or System.Reflection.TargetInvocationException && error.InnerException is { } inner)
            error = inner;
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is OutOfMemoryException)
                return new ReportedFailure(ExitCode.Failed, NoMemory);
            if (cause is TensorShapeException && cause.Message.StartsWith("a tensor holds at most", StringComparison.Ordinal))
                return new ReportedFailure(ExitCode.Failed, $"{NoMemory}: {cause.Message}");
        }
        return error switch
        {
            OperationCanceledException => new(ExitCode.Interrupted, StartsOver),
            ConfigException or RunFolderException or UsageException => new(ExitCode.BadUsage, $"error: {OfCommand(error.Message)}"),
            FileNotFoundException when EnvironmentVariables.Places.Any(one => error.Message.Contains(one.Name, StringComparison.Ordinal)) =>
                new(ExitCode.BadUsage, $"error: {error.Message}"),
            IOException or UnauthorizedAccessException or NotRescalableException or NonFiniteException or StateMismatchException or ExperimentException =>
                new(ExitCode.Failed, $"error: {OfCommand(error.Message)}"),
            _ => new(ExitCode.Failed, $"error: {error.Message} ({error.GetType().Name}; this looks like a fault of Kappa itself, --verbose shows where)"),
        };
    }

    /// <summary>The library's options by the names of the command's.</summary>
    private static string OfCommand(string message) =>
        FileOption().Replace(message, match => "-" + UpperLetter().Replace(match.Groups[1].Value, letter => $"-{char.ToLowerInvariant(letter.Value[0])}"));

    [GeneratedRegex(@"\b(?:Onnx)?(?:Im|Ex)portOptions\.([A-Za-z]+)")]
    private static partial Regex FileOption();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex UpperLetter();
}
