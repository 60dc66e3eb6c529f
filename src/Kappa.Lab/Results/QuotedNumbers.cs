using System.Text.RegularExpressions;

namespace Kappa.Lab.Results;

/// <summary>Numbers that a page quotes from committed results, between two comments: each has to be one of theirs, as rounded there.</summary>
/// <remarks>The first comment is <c>&lt;!-- numbers from results/compare/a.json, results/compare/b.json --&gt;</c>. What stands in code and behind links is
/// not looked at. A number may be a result's times 100, where a percent sign follows it; an interval, 1.9 [1.5, 3.0], is one of theirs as a whole.</remarks>
internal static partial class QuotedNumbers
{
    private const string Beginning = "<!-- numbers from ";
    // What a number may differ by beyond rounding: values are written in shortest form, so that halves are exact.
    private const double Slack = 1e-9;

    /// <summary>The blocks of a page: which results each quotes, and its text.</summary>
    /// <exception cref="InvalidDataException">A block has no end.</exception>
    internal static IEnumerable<(string[] Results, string Text)> Blocks(string page)
    {
        foreach (int from in ResultPage.Starts(page, Beginning))
        {
            int to = page.IndexOf(ResultPage.End, from, StringComparison.Ordinal), close = page.IndexOf("-->", from, StringComparison.Ordinal);
            if (to < 0 || close < 0 || close > to)
                throw new InvalidDataException($"expected {ResultPage.End} behind {page[from..Math.Min(from + 80, page.Length)]}");
            string[] results = [.. page[(from + Beginning.Length)..close].Split(',', StringSplitOptions.TrimEntries).Select(NameOf)];
            yield return (results, page[(close + "-->".Length)..to]);
        }
    }

    /// <summary>The numbers of a text that are none of some results', and the intervals, as wholes.</summary>
    internal static IReadOnlyList<string> Unheld(string text, IReadOnlyCollection<JsonNode> results)
    {
        double[] known = [.. results.SelectMany(NumbersOf)];
        double[][] intervals = [.. results.SelectMany(IntervalsOf)];
        var unheld = new List<string>();
        string rest = Intervals().Replace(Left().Replace(text, " ").Replace("*", "", StringComparison.Ordinal), match =>
        {
            string[] parts = [.. match.Groups.Values.Skip(1).Select(group => group.Value)];
            if (!intervals.Any(interval => parts.Zip(interval).All(pair => IsHeld(pair.First, [pair.Second]))))
                unheld.Add(match.Value);
            return " ";
        });
        unheld.AddRange(Numbers().Matches(rest).Select(match => match.Value).Where(quoted => !IsHeld(quoted, known)));
        return [.. unheld.Distinct()];
    }

    private static bool IsHeld(string quoted, double[] known)
    {
        bool isPercent = quoted.EndsWith('%');
        string digits = quoted.TrimEnd('%');
        double value = double.Parse(digits, CultureInfo.InvariantCulture);
        int exponentAt = digits.IndexOfAny(['e', 'E']), point = digits.IndexOf('.', StringComparison.Ordinal);
        int exponent = exponentAt < 0 ? 0 : int.Parse(digits[(exponentAt + 1)..], CultureInfo.InvariantCulture);
        int decimals = point < 0 ? 0 : (exponentAt < 0 ? digits.Length : exponentAt) - point - 1;
        double half = 0.5 * Math.Pow(10, exponent - decimals) * (1 + Slack);
        // A sign may be said in words.
        bool IsNear(double other) => Math.Abs(Math.Abs(other) - Math.Abs(value)) <= half + (Slack * Math.Abs(value));
        return known.Any(other => IsNear(other) || (isPercent && IsNear(100 * other)));
    }

    private static IEnumerable<double> NumbersOf(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => NumbersOf(field.Value)),
        JsonArray items => items.SelectMany(NumbersOf),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => [value.GetValue<double>()],
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Numbers().Matches(value.GetValue<string>())
            .Select(match => double.Parse(match.Value.TrimEnd('%'), CultureInfo.InvariantCulture)),
        _ => [],
    };

    private static IEnumerable<double[]> IntervalsOf(JsonNode? node) => node switch
    {
        JsonObject fields when fields["estimate"] is JsonValue estimate && fields["low"] is JsonValue low && fields["high"] is JsonValue high =>
            [[estimate.GetValue<double>(), low.GetValue<double>(), high.GetValue<double>()]],
        JsonObject fields => fields.SelectMany(field => IntervalsOf(field.Value)),
        JsonArray items => items.SelectMany(IntervalsOf),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Intervals().Matches(value.GetValue<string>())
            .Select(match => match.Groups.Values.Skip(1).Select(group => double.Parse(group.Value.TrimEnd('%'), CultureInfo.InvariantCulture)).ToArray()),
        _ => [],
    };

    private static string NameOf(string path) => path.StartsWith("results/", StringComparison.Ordinal) && path.EndsWith(".json", StringComparison.Ordinal)
        ? path["results/".Length..^".json".Length]
        : throw new InvalidDataException($"expected results/<paper>/<name>.json in a comment {Beginning}...; got {path}");

    /// <summary>Code, the targets of links, comments, papers, their figures.</summary>
    [GeneratedRegex(@"`[^`]*`|\]\([^)]*\)|<!--.*?-->|arXiv \d+\.\d+|(?:[Ff]igure|[Tt]able) \d+|^    .*$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Left();

    [GeneratedRegex(@"(?<![\w.])(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?%?) \[[+-]?(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?%?), [+-]?(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?%?)\]")]
    private static partial Regex Intervals();

    // No part of a name, such as Fig2 or 512x512.
    [GeneratedRegex(@"(?<![\w.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?%?(?![\w])")]
    private static partial Regex Numbers();
}
