using Kappa.Lab.Statistics;
using Kappa.Lab.Studies.Compare;

namespace Kappa.Tables.Results;

/// <summary>The tables of <c>docs/tables.md</c>, made of results.</summary>
internal static class MarkdownTables
{
    private const string Reference = "AdamW", Format = "0.000", Signed = "+0.000;-0.000;0.000";

    /// <summary>The line in front of a table's part of the page.</summary>
    internal static string Begin(string table) => $"<!-- made from results/tables/{table}.json -->";

    /// <summary>The line behind it.</summary>
    internal const string End = "<!-- end -->";

    /// <summary>A part of the page, its marks included.</summary>
    internal static string Of(TableResult result) => string.Join('\n',
        [Begin(result.Table), .. Facts(result), "", .. Comparison(result), "", .. Shifted(result), End]);

    /// <summary>A page with its parts made anew.</summary>
    /// <exception cref="InvalidDataException">The page has no such part.</exception>
    internal static string Renew(string page, TableResult result)
    {
        int begin = page.IndexOf(Begin(result.Table), StringComparison.Ordinal), end = begin < 0 ? -1 : page.IndexOf(End, begin, StringComparison.Ordinal);
        return end < 0
            ? throw new InvalidDataException($"the page has no part between {Begin(result.Table)} and {End}; add the two lines where the table belongs")
            : page[..begin] + Of(result) + page[(end + End.Length)..];
    }

    private static IEnumerable<string> Facts(TableResult result)
    {
        var facts = result.Facts;
        yield return facts.Description;
        yield return "";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{facts.Training:N0} rows to train on, {facts.Validation:N0} to choose by, {facts.Test:N0} to report; the condition number of the standardised "
            + $"inputs' covariance is {Figures.Short(facts.Condition)}.");
    }

    private static IEnumerable<string> Comparison(TableResult result)
    {
        var metrics = MetricsOf(result);
        yield return $"| | settings chosen (of) | {string.Join(" | ", metrics)} | {metrics[0]} beside {Reference}'s | processor seconds |";
        yield return $"|---|---|{string.Concat(metrics.Select(_ => "---:|"))}---:|---:|";
        yield return $"| the function itself | | {string.Join(" | ", metrics.Select(metric => Text(result.Facts.Best[metric])))} | | |";
        var reference = result.Methods.Single(method => method.Name == Reference).Scores[StudyData.AsTheyAre][metrics[0]];
        foreach (var method in result.Methods)
        {
            var scores = method.Scores[StudyData.AsTheyAre];
            string chosen = string.Join(", ", method.Chosen.Select(value => $"{value.Key} {Figures.Rate(value.Value)}"));
            string difference = method.Name == Reference ? "" : Text([.. scores[metrics[0]].Zip(reference, (own, others) => own - others)], Signed);
            yield return $"| {Called(method)} | {chosen} ({method.Configurations}) | {string.Join(" | ", metrics.Select(metric => Text(scores[metric])))} "
                + $"| {difference} | {Bootstrap.MedianOf([.. method.Seconds]).ToString("0.0", CultureInfo.InvariantCulture)} |";
        }
    }

    private static IEnumerable<string> Shifted(TableResult result)
    {
        string metric = MetricsOf(result)[0];
        string[] shifts = [.. result.Methods[0].Scores.Keys];
        yield return $"| {metric} where the inputs of test rows differ | {string.Join(" | ", shifts)} |";
        yield return $"|---|{string.Concat(shifts.Select(_ => "---:|"))}";
        foreach (var method in result.Methods)
            yield return $"| {Called(method)} | {string.Join(" | ", shifts.Select(shift => Text(method.Scores[shift][metric])))} |";
    }

    private static string Called(MethodResult method) => method.IsControl ? $"*{method.Name}*" : method.Name;

    private static IReadOnlyList<string> MetricsOf(TableResult result) => GeneratedTable.All.Single(table => table.Name == result.Table).Metrics;

    /// <summary>The median over the seeds and its interval; always so many digits.</summary>
    private static string Text(IReadOnlyList<double> values, string format = Format)
    {
        var interval = Bootstrap.Median(values, Summarizer.Generator);
        return $"{Figures.Text(interval.Estimate, format)} [{Figures.Text(interval.Low, format)}, {Figures.Text(interval.High, format)}]";
    }
}
