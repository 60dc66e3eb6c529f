using System.Runtime.CompilerServices;

namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary><c>dopr/all</c>: every setting of the study in one run, and what they say together.</summary>
/// <param name="studies">The settings that there are.</param>
/// <param name="choices">What settings of finished runs may name.</param>
internal sealed class AllSettingsExperiment(IReadOnlyList<TestTimeFeedbackExperiment> studies, Choices choices) : Experiment<AllSettings>
{
    // The settings of each study, the same ones for its preparation and its cells.
    private readonly ConditionalWeakTable<AllSettings, StudyPart[]> _parts = [];

    public override string Paper => TestTimeFeedbackExperiment.PaperName;

    public override string Name => "all";

    public override string Summary => "All studies of dopr/ in one resumable run: one table, and which measure ranks models over all of them.";

    public override string? Unavailable => WhyUnavailable(studies);

    /// <summary>One of the studies.</summary>
    internal TestTimeFeedbackExperiment StudyOf(string name) => studies.First(study => study.Name == name);

    protected override AllSettings Short => new() { Studies = [.. studies.Select(study => study.Name)] };

    protected override AllSettings Full => Short with { Full = true };

    protected override void Prepare(AllSettings settings, CellContext context)
    {
        StudyPart[] parts = [.. PartsOf(settings).Where(part => part.Finished is null)];
        foreach (var (index, part) in parts.Index())
        {
            part.Study.PrepareAll(part.Settings, context with
            {
                Prepared = context.Prepared.Part(part.Study.Name), Report = share => context.Report((index + share) / parts.Length),
            });
        }
    }

    protected override string? Estimate(AllSettings settings, CellContext context)
    {
        TimeEstimate[] estimates = [.. PartsOf(settings).Where(part => part.Finished is null)
            .Select(part => part.Study.EstimateOf(part.Settings, context with { Work = context.Work.Part(part.Study.Name) }))];
        return estimates.Length == 0 ? null : estimates.Aggregate((sum, one) => sum + one).Sentence;
    }

    protected override IReadOnlyList<ExperimentCell> Cells(AllSettings settings) =>
    [
        .. from part in PartsOf(settings)
           from cell in part.Study.AllCells(part.Settings)
           select cell with
           {
               Key = $"{part.Study.Name}/{cell.Key}",
               Run = context => part.Finished is { } folder
                   ? folder.Read(cell.Key)!.Value
                   : cell.Run(context with { Prepared = context.Prepared.Part(part.Study.Name) }),
           },
    ];

    private protected override void ResolvePaths(AllSettings read, JsonObject settings, string folder) =>
        settings["from"] = new JsonArray([.. read.From.Select(path => JsonValue.Create(Path.GetFullPath(path, folder)))]);

    private protected override string? WhyUnavailable(AllSettings settings) =>
        WhyUnavailable(PartsOf(settings).Where(part => part.Finished is null).Select(part => part.Study));

    protected override Findings Conclude(AllSettings settings, CellResults results)
    {
        var finished = new List<(string Name, SettingResults Results)>();
        foreach (var (study, own, _) in PartsOf(settings))
        {
            string prefix = $"{study.Name}/";
            var its = results.Finished.Where(result => result.Key.StartsWith(prefix, StringComparison.Ordinal))
                .Select(result => result with { Key = result.Key[prefix.Length..] }).ToArray();
            if (SettingResults.Of(own, new CellResults(its, its.Length)) is { } found)
                finished.Add((study.Name, found));
        }
        return finished.Count == 0 ? new Findings("No run is finished yet.", []) : AllFindings.Of(finished);
    }

    private static string? WhyUnavailable(IEnumerable<TestTimeFeedbackExperiment> these) =>
        these.Select(study => study.Unavailable is { } why ? $"{study.Name}: {why}; or leave it out of studies" : null).FirstOrDefault(why => why is not null);

    private StudyPart[] PartsOf(AllSettings settings) => _parts.GetValue(settings, given =>
    {
        foreach (string name in given.Studies.Where(name => studies.All(study => study.Name != name)))
            throw new ConfigException($"{FullName}: studies: expected some of {string.Join(", ", studies.Select(study => study.Name))}; got {name}");
        TestTimeFeedbackExperiment[] taken = [.. given.Studies.Select(name => studies.First(study => study.Name == name))];
        var finished = new Dictionary<string, StudyPart>();
        foreach (var (index, path) in given.From.Index())
        {
            string setting = FormattableString.Invariant($"{FullName}: from[{index}]: {path}: ");
            var part = StudyPart.Of(path, taken, choices, setting);
            if (!finished.TryAdd(part.Study.Name, part))
                throw new ConfigException($"{setting}expected one run of each study; got two of {part.Study.Name}");
        }
        return
        [
            .. taken.Select(study => finished.GetValueOrDefault(study.Name)
                ?? new StudyPart(study, study.Of(given.Full ? ExperimentScale.Full : ExperimentScale.Short), null)),
        ];
    });
}
