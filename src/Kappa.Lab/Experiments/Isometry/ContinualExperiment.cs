namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Does the network still learn the last task? Methods compared on one sequence of tasks, each with the learning rate and strength that suit it
/// best.</summary>
internal abstract class ContinualExperiment : Experiment<ContinualSettings>
{
    private protected ContinualExperiment(TaskKind kind) => Kind = kind;

    public sealed override string Paper => "isometry";

    public override string? Unavailable =>
        DataCatalog.FashionMnist.Find() is null && DataCatalog.HandwrittenDigits.Find() is null
            ? $"neither {DataCatalog.FashionMnist.Name} ({DataCatalog.FashionMnist.InstallCommand}) nor, for --set data=digits, {DataCatalog.HandwrittenDigits.Name} ({DataCatalog.HandwrittenDigits.InstallCommand}) is installed"
            : null;

    /// <summary>What changes from task to task.</summary>
    internal TaskKind Kind { get; }

    /// <summary>What the reader should know of the tasks.</summary>
    private protected abstract string Description { get; }

    protected sealed override void Prepare(ContinualSettings settings, CellContext context) => ContinualTuning.Run(Kind, settings, context);

    protected sealed override IReadOnlyList<ExperimentCell> Cells(ContinualSettings settings)
    {
        return
        [
            .. from method in settings.Methods
               from seed in Enumerable.Range(0, settings.Seeds)
               select new ExperimentCell(KeyOf(method.Name, seed), context => Run(settings, method, seed, context)),
        ];
    }

    protected override Findings Conclude(ContinualSettings settings, CellResults results) => ContinualFindings.Of(settings, results, Description);

    internal static string KeyOf(string method, int seed) => FormattableString.Invariant($"{method}/seed={seed}");

    private JsonObject Run(ContinualSettings settings, ContinualMethod method, int seed, CellContext context)
    {
        var choice = ContinualTuning.Choose(Kind, settings, method, context.Prepared);
        var json = ContinualRun.Run(new ContinualTrial(Kind, settings, method, choice.LearningRate, choice.Strength, settings.Tasks, seed), context).ToJson();
        json["learningRate"] = choice.LearningRate;
        json["strength"] = choice.Strength;
        json["isAtEdge"] = choice.IsAtEdge;
        json["tuningRates"] = CellResult.Json(choice.Scores.Select(score => score.LearningRate));
        json["tuningStrengths"] = CellResult.Json(choice.Scores.Select(score => score.Strength));
        json["tuningAccuracies"] = CellResult.Json(choice.Scores.Select(score => score.Accuracy));
        return json;
    }
}
