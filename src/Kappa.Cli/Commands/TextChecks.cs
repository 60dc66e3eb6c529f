using System.CommandLine;
using System.CommandLine.Parsing;

namespace Kappa.Cli.Commands;

/// <summary>Checks of what was typed that several commands share; each error says what the option takes and what came.</summary>
internal static class TextChecks
{
    /// <summary>Refuses a file, a folder or a name that is there and empty, as where a variable of the shell is not set.</summary>
    internal static void RefuseEmpty(Command root, string except)
    {
        foreach (var command in root.Subcommands)
        {
            foreach (var option in command.Options.Where(option => option.ValueType == typeof(string) && option.Name != except))
                option.Validators.Add(result => RefuseEmpty(result, option.Name, option.HelpName ?? "text"));
            foreach (var argument in command.Arguments.Where(argument => argument.ValueType == typeof(string)))
                argument.Validators.Add(result => RefuseEmpty(result, argument.Name, "value"));
        }
    }

    /// <summary>Refuses a number that cannot be read or is out of range, before the parser complains in terms of types.</summary>
    internal static void RequireEach(Option option, Func<string, bool> fits, string expected) => option.Validators.Add(result =>
    {
        if (!result.Implicit && result.Tokens.FirstOrDefault(token => !fits(token.Value)) is { } wrong)
            result.AddError($"{option.Name}: expected {expected}; got {wrong.Value}");
    });

    internal static bool IsCount(string text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value >= 1;

    internal static bool IsSeed(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    internal static bool IsAbove0(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && value > 0;

    private static void RefuseEmpty(SymbolResult result, string name, string expected)
    {
        if (result.Tokens.Any(token => token.Value.Length == 0))
            result.AddError($"{name}: expected a {expected}; got an empty one");
    }
}
