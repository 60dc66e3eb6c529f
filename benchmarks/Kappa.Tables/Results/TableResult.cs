using System.Text.Json;
using System.Text.RegularExpressions;

namespace Kappa.Tables.Results;

/// <summary>The result of the study of one table, as it is kept in <c>results/tables</c>.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Command">What made it.</param>
/// <param name="Settings">How large the study was.</param>
/// <param name="Seeds">The seeds, in the order of all figures.</param>
/// <param name="Facts">What is known of the table.</param>
/// <param name="Methods">What each method did.</param>
/// <param name="Environment">Where it was made.</param>
internal sealed partial record TableResult(
    string Table, string Command, StudySettings Settings, IReadOnlyList<int> Seeds, TableFacts Facts, IReadOnlyList<MethodResult> Methods,
    ResultEnvironment Environment)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="JsonException">It is no such result.</exception>
    internal static TableResult Read(string path) =>
        JsonSerializer.Deserialize<TableResult>(File.ReadAllText(path), Options) ?? throw new JsonException($"{path}: expected a result; got null");

    /// <summary>JSON with the numbers of a list on one line.</summary>
    internal string ToText() => NumbersOverLines().Replace(
        JsonSerializer.Serialize(this, Options),
        list => $"[{string.Join(' ', list.Value[1..^1].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}]") + "\n";

    [GeneratedRegex(@"\[\s[^\[\]{}""]*\]")]
    private static partial Regex NumbersOverLines();
}
