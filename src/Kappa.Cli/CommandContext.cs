using Kappa.Lab.Settings;

namespace Kappa.Cli;

/// <summary>What commands use of the world: given, so that tests can give other things.</summary>
internal sealed record CommandContext(
    TextWriter Output, TextWriter Error, Choices Choices, TimeProvider Clock, IReadOnlyList<string> Arguments)
{
    /// <summary>The command as the user typed it.</summary>
    internal string CommandLine => "kappa " + string.Join(' ', Arguments.Select(Quote));

    /// <summary>Whether the output is a terminal that can be redrawn.</summary>
    internal bool IsTerminal => ReferenceEquals(Output, Console.Out) && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";

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
