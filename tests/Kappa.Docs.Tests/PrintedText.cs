using System.Globalization;
using System.Text.RegularExpressions;

namespace Kappa.Docs.Tests;

/// <summary>What a command prints, compared with what a page shows of it.</summary>
internal static partial class PrintedText
{
    /// <summary>Where they differ; null where they agree: words are the same, numbers within a thousandth, timings numbers as well.</summary>
    internal static string? Difference(string shown, string printed)
    {
        string[] expected = Lines(shown), got = Lines(printed);
        for (int i = 0; i < Math.Max(expected.Length, got.Length); i++)
        {
            if (i >= expected.Length || i >= got.Length || !Agree(expected[i], got[i]))
                return $"shown:   {expected.ElementAtOrDefault(i) ?? "(nothing more)"}\nprinted: {got.ElementAtOrDefault(i) ?? "(nothing more)"}";
        }
        return null;
    }

    private static string[] Lines(string text) => [.. text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];

    private static bool Agree(string shown, string printed)
    {
        (shown, printed) = (Timing().Replace(shown, "a time"), Timing().Replace(printed, "a time"));
        double[] expected = Numbers(shown), got = Numbers(printed);
        return Number().Replace(shown, "#") == Number().Replace(printed, "#") && expected.Zip(got).All(pair => IsNear(pair.First, pair.Second));
    }

    private static bool IsNear(double a, double b) => Math.Abs(a - b) <= 1e-3 * Math.Max(Math.Abs(a), Math.Abs(b));

    private static double[] Numbers(string line) =>
        [.. Number().Matches(line).Select(match => double.Parse(match.Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"\d[\d,]*\.?\d* (ms|s|seconds|minutes)\b|waited for data [\d.]+%")]
    private static partial Regex Timing();

    [GeneratedRegex(@"\d+(,\d{3})*(\.\d+)?([eE][-+]?\d+)?")]
    private static partial Regex Number();
}
