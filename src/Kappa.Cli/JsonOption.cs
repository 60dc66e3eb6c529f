using System.CommandLine;

namespace Kappa.Cli;

/// <summary><c>--json</c> of every command that prints a table.</summary>
internal sealed class JsonOption : Option<bool>
{
    internal const string OptionName = "--json";

    internal JsonOption()
        : base(OptionName) =>
        Description = "Print one JSON object to the standard output, with tables as rows of named fields and numbers in full; all else goes to the standard "
            + "error.";
}
