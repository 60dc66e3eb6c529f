using System.Runtime.CompilerServices;

namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary><c>dopr/all</c>: every setting of the study in one run, and what they say together.</summary>
/// <param name="studies">The settings that there are.</param>
internal sealed class AllSettingsExperiment(IReadOnlyList<TestTimeFeedbackExperiment> studies) : Experiment<AllSettings>
{
    // The settings of each study, the same ones for its preparation and its cells.
    private readonly ConditionalWeakTable<AllSettings, (TestTimeFeedbackExperiment Study, FeedbackSettings Settings)[]> _parts = [];

    public override string Paper => TestTimeFeedbackExperiment.PaperName;

    public override string Name => "all";

    public override string Summary => "All studies of dopr/ in one resumable run: one table, and which measure ranks models over all of them.";

    public override string? Unavailable => studies.Select(study => study.Unavailable is { } why ? $"{study.Name}: {why}; or leave it out of studies" : null)
        .FirstOrDefault(why => why is not null);

    protected override AllSettings Short => new() { Studies = [.. studies.Select(study => study.Name)] };

    protected override AllSettings Full => Short with { Full = true };

    protected override void Prepare(AllSettings settings, CellContext context)
    {
        var parts = PartsOf(settings);
        foreach (var (index, (study, own)) in parts.Index())
        {
            study.PrepareAll(own, context with
            {
                Prepared = context.Prepared.Part(study.Name), Report = share => context.Report((index + share) / parts.Length),
            });
        }
    }

    protected override string? Estimate(AllSettings settings, CellContext context) => PartsOf(settings)
        .Select(part => part.Study.EstimateOf(part.Settings, context with { Work = context.Work.Part(part.Study.Name) }))
        .Aggregate((sum, one) => sum + one).Sentence;

    protected override IReadOnlyList<ExperimentCell> Cells(AllSettings settings) =>
    [
        .. from part in PartsOf(settings)
           from cell in part.Study.AllCells(part.Settings)
           select cell with
           {
               Key = $"{part.Study.Name}/{cell.Key}",
               Run = context => cell.Run(context with { Prepared = context.Prepared.Part(part.Study.Name) }),
           },
    ];

    protected override Findings Conclude(AllSettings settings, CellResults results)
    {
        var finished = new List<(string Name, SettingResults Results)>();
        foreach (var (study, own) in PartsOf(settings))
        {
            string prefix = $"{study.Name}/";
            var its = results.Finished.Where(result => result.Key.StartsWith(prefix, StringComparison.Ordinal))
                .Select(result => result with { Key = result.Key[prefix.Length..] }).ToArray();
            if (SettingResults.Of(own, new CellResults(its, its.Length)) is { } found)
                finished.Add((study.Name, found));
        }
        return finished.Count == 0 ? new Findings("No run is finished yet.", []) : AllFindings.Of(finished);
    }

    private (TestTimeFeedbackExperiment Study, FeedbackSettings Settings)[] PartsOf(AllSettings settings) => _parts.GetValue(settings, given =>
    [
        .. given.Studies.Select(name => studies.FirstOrDefault(study => study.Name == name) is { } study
            ? (study, study.Of(given.Full ? ExperimentScale.Full : ExperimentScale.Short))
            : throw new ConfigException($"{FullName}: studies: expected some of {string.Join(", ", studies.Select(study => study.Name))}; got {name}")),
    ]);
}
