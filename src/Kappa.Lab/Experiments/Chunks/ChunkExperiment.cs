using System.Runtime.CompilerServices;

namespace Kappa.Lab.Experiments.Chunks;

/// <summary><c>dopr/chunks</c>: what a policy does when it is let loose, against how many actions it decides at once, for each optimizer.</summary>
/// <remarks>Each length is a study of test-time feedback of its own, rates chosen anew. Chunks as policies use them: Zhao and others (2023), arXiv
/// 2304.13705.</remarks>
/// <param name="study">The study of one length.</param>
internal sealed class ChunkExperiment(TestTimeFeedbackExperiment study) : Experiment<ChunkSettings>
{
    // The settings of each length, the same ones for its preparation and its cells.
    private readonly ConditionalWeakTable<ChunkSettings, (int Chunk, FeedbackSettings Settings)[]> _parts = [];

    public override string Paper => TestTimeFeedbackExperiment.PaperName;

    public override string Name => "chunks";

    public override string Summary => "The cart-pole's success against how many actions a policy decides at once, for each optimizer (needs MuJoCo).";

    public override string? Unavailable => study.Unavailable;

    protected override ChunkSettings Short => new() { Study = Smaller(study.Of(ExperimentScale.Short)) };

    protected override ChunkSettings Full => new() { Study = study.Of(ExperimentScale.Full), Chunks = [1, 2, 4, 8, 16, 32] };

    protected override void Prepare(ChunkSettings settings, CellContext context)
    {
        var parts = PartsOf(settings);
        foreach (var (index, (chunk, own)) in parts.Index())
        {
            study.PrepareAll(own, context with
            {
                Prepared = context.Prepared.Part(PartName(chunk)), Report = share => context.Report((index + share) / parts.Length),
            });
        }
    }

    protected override string? Estimate(ChunkSettings settings, CellContext context) => PartsOf(settings)
        .Select(part => study.EstimateOf(part.Settings, context with { Work = context.Work.Part(PartName(part.Chunk)) }))
        .Aggregate((sum, one) => sum + one).Sentence;

    protected override IReadOnlyList<ExperimentCell> Cells(ChunkSettings settings) =>
    [
        .. from part in PartsOf(settings)
           from cell in study.AllCells(part.Settings)
           select cell with
           {
               Key = $"{PartName(part.Chunk)}/{cell.Key}",
               Run = context => cell.Run(context with { Prepared = context.Prepared.Part(PartName(part.Chunk)) }),
           },
    ];

    protected override Findings Conclude(ChunkSettings settings, CellResults results)
    {
        var finished = new List<(int Chunk, SettingResults Results)>();
        foreach (var (chunk, own) in PartsOf(settings))
        {
            string prefix = $"{PartName(chunk)}/";
            var its = results.Finished.Where(result => result.Key.StartsWith(prefix, StringComparison.Ordinal))
                .Select(result => result with { Key = result.Key[prefix.Length..] }).ToArray();
            if (SettingResults.Of(own, new CellResults(its, its.Length)) is { } found)
                finished.Add((chunk, found));
        }
        return finished.Count == 0 ? new Findings("No run is finished yet.", []) : ChunkFindings.Of(finished);
    }

    private static string PartName(int chunk) => FormattableString.Invariant($"chunk-{chunk}");

    private (int Chunk, FeedbackSettings Settings)[] PartsOf(ChunkSettings settings) =>
        _parts.GetValue(settings, given => [.. given.Chunks.Order().Select(chunk => (chunk, given.With(chunk)))]);

    /// <summary>What is asked is the length: two optimizers, without what says why.</summary>
    private static FeedbackSettings Smaller(FeedbackSettings study) => study with
    {
        Optimizers = [.. study.Optimizers.Take(2)], Controls = [], Ablations = new(), TuningSeeds = 2, Seeds = 10,
    };
}
