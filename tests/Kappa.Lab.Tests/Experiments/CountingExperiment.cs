using System.Globalization;
using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Experiments;

/// <summary>Squares numbers, and counts how often it did.</summary>
internal sealed class CountingExperiment : Experiment<CountingExperiment.CountingSettings>
{
    internal int Prepared;
    internal int Ran;

    /// <summary>Called inside each cell with its number.</summary>
    internal Action<int, CellContext> During { get; set; } = (_, _) => { };

    internal bool SameKeys { get; init; }

    public override string Paper => "arithmetic";

    public override string Name => "squares";

    public override string Summary => "Squares of 1, 2, 3, ...";

    protected override CountingSettings Short => new() { Count = 3, Label = "n" };

    protected override CountingSettings Full => new() { Count = 30, Label = "n" };

    protected override void Prepare(CountingSettings settings, CellContext context)
    {
        Prepared++;
        context.Work.WriteText("offset", "0.5");
    }

    protected override IReadOnlyList<ExperimentCell> Cells(CountingSettings settings) =>
    [
        .. Enumerable.Range(1, settings.Count).Select(number => new ExperimentCell($"{settings.Label}/{(SameKeys ? number % 2 : number)}", context =>
        {
            During(number, context);
            _ = Interlocked.Increment(ref Ran);
            double offset = double.Parse(File.ReadAllText(context.Prepared.PathOf("offset")), CultureInfo.InvariantCulture);
            return new JsonObject { ["square"] = number * number + offset, ["list"] = CellResult.Json([number, double.NaN]) };
        })),
    ];

    protected override Findings Conclude(CountingSettings settings, CellResults results) => new(
        $"{results.Finished.Count} of {results.Total} squares.",
        [
            new FindingSection("Squares <all>", "One.\n\nTwo.")
            {
                Table = new FindingTable(
                    ["number", "square"],
                    [.. results.Finished.Select(result => new[] { result.Key, result.Number("square").ToString(CultureInfo.InvariantCulture) })]),
                Plots = [new LinePlot("Squares", "number", "square", [new PlotLine("n", [1, 2], [1, double.PositiveInfinity])])],
            },
        ]);

    internal sealed record CountingSettings
    {
        [Setting("how many", AtLeast = 1)]
        public int Count { get; init; }

        [Setting("what")]
        public string Label { get; init; } = "";
    }
}
