using System.Runtime.CompilerServices;

namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>Does activation preconditioning improve what a deployed model does, beside its validation loss; and which measure on held-out data ranks models as
/// deployment does? On one task.</summary>
/// <remarks>Source of the question: Zhang et al. (2026), "Double Preconditioning (DoPr)", arXiv 2606.06418.</remarks>
/// <param name="name">What the command calls the setting.</param>
/// <param name="summary">One sentence.</param>
/// <param name="minimal">Reads the settings of minutes, when they are asked for: that makes every optimizer once, and no command's start waits for it.</param>
/// <param name="full">Reads the settings of hours.</param>
internal sealed class TestTimeFeedbackExperiment(string name, string summary, Func<FeedbackSettings> minimal, Func<FeedbackSettings> full)
    : Experiment<FeedbackSettings>
{
    internal const string PaperName = "dopr";
    private const string TaskKey = "task";
    private const string TimesKey = "step-times";

    private readonly Lazy<FeedbackSettings> _minimal = new(minimal), _full = new(full);

    // The cells and the preparation of one plan share its settings, and so the task.
    private readonly ConditionalWeakTable<FeedbackSettings, Lazy<PreparedTask>> _tasks = [];

    public override string Paper => PaperName;

    public override bool ComputesOnDevices => true;

    public override string Name => name;

    public override string Summary => summary;

    public override string? Unavailable => Short.Task.Kind.Unavailable;

    protected override FeedbackSettings Short => _minimal.Value;

    protected override FeedbackSettings Full => _full.Value;

    /// <summary>The settings of a scale, for a study of several.</summary>
    internal FeedbackSettings Of(ExperimentScale scale) => scale == ExperimentScale.Full ? Full : Short;

    internal void PrepareAll(FeedbackSettings settings, CellContext context) => Prepare(settings, context);

    internal IReadOnlyList<ExperimentCell> AllCells(FeedbackSettings settings) => Cells(settings);

    protected override void Prepare(FeedbackSettings settings, CellContext context)
    {
        var task = TaskOf(settings, context.Cancellation);
        if (settings.BatchSize > task.TrainingCount)
            throw new ConfigException($"batchSize: expected at most the {task.TrainingCount} training examples of {settings.Task.Name}; got "
                + $"{settings.BatchSize}");
        if (settings.Controls.Contains(FeedbackSettings.Whitened) && task.CreateWhitening() is null)
            throw new ConfigException($"controls: the inputs of {settings.Task.Name} cannot be whitened; leave {FeedbackSettings.Whitened} out");
        TaskFacts.Keep(task, context.Prepared);
        if (settings.MeasuresLonger)
            StepTimes.Keep(settings, task, context);
        FeedbackTuning.Run(settings, task, context);
    }

    protected override IReadOnlyList<ExperimentCell> Cells(FeedbackSettings settings) =>
    [
        new ExperimentCell(TaskKey, context => TaskFacts.Of(TaskOf(settings, context.Cancellation)).Written()) { Weight = 0.01 },
        .. settings.MeasuresLonger
            ? [new ExperimentCell(TimesKey, context => StepTimes.Of(context.Prepared)!.Written()) { Weight = 0.01 }]
            : Array.Empty<ExperimentCell>(),
        .. settings.Methods.Select(method => new ExperimentCell(TuningKey(method), context => new JsonObject
        {
            ["runs"] = new JsonArray(
                [.. FeedbackTuning.Runs(settings, TaskOf(settings, context.Cancellation), method, context.Prepared).Select(run => (JsonNode)run.Written())]),
        }) { Weight = 0.01 }),
        .. from seed in Enumerable.Range(0, settings.Seeds)
           from method in settings.Methods
           select new ExperimentCell(RunKey(method, seed), context => Run(settings, method, seed, context)),
    ];

    protected override Findings Conclude(FeedbackSettings settings, CellResults results) => SettingResults.Of(settings, results) is { } found
        ? FeedbackFindings.Of(found)
        : new Findings("No run is finished yet.", []);

    /// <summary>From a training of some steps of the first optimizer with activation preconditioning, and the deployment after it.</summary>
    protected override string? Estimate(FeedbackSettings settings, CellContext context) => EstimateOf(settings, context).Sentence;

    /// <summary>The same in numbers, for a study of several.</summary>
    internal TimeEstimate EstimateOf(FeedbackSettings settings, CellContext context) => TimeEstimate.Of(settings, TaskOf(settings, context.Cancellation),
        context);

    internal static string TuningKey(FeedbackMethod method) => $"{method.Key}/tuning";

    internal static string RunKey(FeedbackMethod method, int seed) => FormattableString.Invariant($"{method.Key}/seed={seed}");

    /// <summary>What <see cref="Cells"/> found of the task; null where that is not finished.</summary>
    internal static TaskFacts? FactsOf(CellResults results) => results.TryGet(TaskKey, out var facts) ? TaskFacts.Read(facts.Value) : null;

    /// <summary>What was measured of the time of steps; null where it was not.</summary>
    internal static StepTimes? TimesOf(CellResults results) => results.TryGet(TimesKey, out var times) ? StepTimes.Read(times.Value) : null;

    /// <summary>Runs the candidate that the deployed metric chose, and the one that the validation loss would have chosen where that is another.</summary>
    private JsonObject Run(FeedbackSettings settings, FeedbackMethod method, int seed, CellContext context)
    {
        var task = TaskOf(settings, context.Cancellation);
        var tuning = FeedbackTuning.Runs(settings, task, method, context.Prepared);
        Candidate byMetric = FeedbackTuning.Best(tuning, task.HigherIsBetter, byLoss: false), byLoss = FeedbackTuning.Best(tuning, task.HigherIsBetter,
            byLoss: true);
        var timed = method.Timed(StepTimes.Of(context.Prepared));
        int parts = byMetric == byLoss ? 1 : 2;
        JsonObject Done(Candidate candidate, string name, int before) => FeedbackRun.Do(
            settings, task, timed, candidate, seed, context.Work.Part(name), share => context.Report((before + share) / parts),
            context.Compute, context.Cancellation).Written();
        var json = new JsonObject { ["byMetric"] = Done(byMetric, "by-metric", 0) };
        if (parts == 2)
            json["byLoss"] = Done(byLoss, "by-loss", 1);
        return json;
    }

    private PreparedTask TaskOf(FeedbackSettings settings, CancellationToken cancellation) => _tasks.GetValue(settings, given => new Lazy<PreparedTask>(
        () => new MeasuredTask(given.Task.Kind.Prepare(given.Task.Settings, null, cancellation)), LazyThreadSafetyMode.ExecutionAndPublication)).Value;
}
