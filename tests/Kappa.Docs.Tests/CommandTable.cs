using System.Text.Json;

namespace Kappa.Docs.Tests;

/// <summary>docs/check.json: how each command line of the pages is run, or why it is not.</summary>
/// <param name="Variables">What short forms have in common, as variables of the shell.</param>
/// <param name="Before">What makes the files that the lines speak of, by a shell, in a scratch folder that has those of small runs.</param>
/// <param name="Run">A line of the pages, and the short form of it that is run; "=" where it is run as it stands.</param>
/// <param name="NotRun">A reason, and the lines that are not run for it.</param>
public sealed record CommandTable(
    Dictionary<string, string> Variables, string[] Before, Dictionary<string, string> Run, Dictionary<string, string[]> NotRun)
{
    /// <summary>The table.</summary>
    public static CommandTable Read { get; } = JsonSerializer.Deserialize<CommandTable>(
        File.ReadAllText(Path.Combine(Kappa.Lab.Tests.Studies.Train.Repository.Root(), "docs", "check.json")), JsonSerializerOptions.Web)!;

    /// <summary>Every line that it knows, as often as it does.</summary>
    public IEnumerable<string> Lines => Run.Keys.Concat(NotRun.SelectMany(reason => reason.Value));
}
