using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kappa.Lab.Reports;

namespace Kappa.Benchmarks;

/// <summary>What a benchmark found, as the pages quote it: with <c>--save</c>, in <c>results/speed/</c> of the checkout.</summary>
internal static class Sheet
{
    internal const string Option = "--save";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly List<(string Table, string What, string Column, double Value, string Text)> Figures = [];

    /// <summary>The heading of the table that figures go to from here on.</summary>
    internal static string Table { get; set; } = "Figures";

    /// <summary>Takes a ratio.</summary>
    internal static void Add(string what, int threads, double ratio) => Add(what, ColumnOf(threads), ratio, "0.00");

    /// <summary>Takes a figure.</summary>
    /// <param name="what">The row: what is measured, in which unit.</param>
    /// <param name="column">The column.</param>
    /// <param name="value">The figure.</param>
    /// <param name="format">How it is shown.</param>
    internal static void Add(string what, string column, double value, string format) =>
        Figures.Add((Table, what, column, value, value.ToString(format, CultureInfo.InvariantCulture)));

    internal static string ColumnOf(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";

    /// <summary>Writes what was taken, in the place of what an earlier run of the benchmark wrote.</summary>
    /// <exception cref="DirectoryNotFoundException">The current folder is in no checkout.</exception>
    internal static void Save(string benchmark, string[] arguments)
    {
        string words = string.Join(' ', [benchmark, .. arguments.Where(word => word != Option)]);
        string command = $"dotnet run -c Release --project benchmarks/Kappa.Benchmarks -- {words}";
        var environment = RunEnvironment.Describe(command, TimeProvider.System);
        var result = new JsonObject
        {
            ["command"] = command, ["settings"] = new JsonObject(), ["version"] = environment.Version, ["machine"] = environment.Machine,
            ["headline"] = $"`{command}`, version {environment.Version}, {environment.When:yyyy-MM-dd}: {environment.Machine}.",
            ["sections"] = new JsonArray([.. Figures.GroupBy(figure => figure.Table).Select(table => new JsonObject
            {
                ["title"] = table.Key, ["table"] = TableOf([.. table]),
            })]),
        };
        string path = Path.Combine(Checkout(), "results", "speed", $"{benchmark}.json");
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, result.ToJsonString(Indented) + "\n");
        Console.WriteLine($"wrote {path}");
    }

    /// <summary>The checkout that the current folder is in.</summary>
    /// <exception cref="DirectoryNotFoundException">It is in none.</exception>
    internal static string Checkout()
    {
        var root = new DirectoryInfo(Environment.CurrentDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Kappa.slnx")))
            root = root.Parent;
        return root?.FullName ?? throw new DirectoryNotFoundException("expected to run in a checkout of Kappa, such as for its results/speed; go there");
    }

    private static JsonObject TableOf((string Table, string What, string Column, double Value, string Text)[] figures)
    {
        string[] columns = [.. figures.Select(figure => figure.Column).Distinct()];
        var rows = figures.GroupBy(figure => figure.What).Select(row => new JsonArray(
        [
            new JsonObject { ["text"] = row.Key },
            .. columns.Select(column => row.LastOrDefault(figure => figure.Column == column) is { Text: { } text, Value: var value }
                ? new JsonObject { ["text"] = text, ["value"] = value }
                : new JsonObject { ["text"] = "" }),
        ]));
        return new JsonObject { ["columns"] = new JsonArray(["", .. columns]), ["rows"] = new JsonArray([.. rows]) };
    }
}
