namespace Kappa.Lab.Experiments.Isometry;

/// <summary>Does the network still learn the last task? Methods compared on one sequence of tasks, each with the learning rate and strength that suit it
/// best.</summary>
internal sealed class ContinualExperiment : Experiment<ContinualSettings>
{
    private readonly TaskKind _kind;

    // What the reader should know of the tasks.
    private readonly string _description;

    private ContinualExperiment(TaskKind kind, string name, string summary, string description, ContinualSettings settings, ContinualSettings full) =>
        (_kind, Name, Summary, _description, Short, Full) = (kind, name, summary, description, settings, full);

    /// <summary>The benchmarks of tasks that change in one way each, and one of every remedy, which also says what it leaves of dynamical isometry.</summary>
    internal static IReadOnlyList<ContinualExperiment> All { get; } = Benchmarks();

    public override string Paper => "isometry";

    public override bool ComputesOnDevices => true;

    public override string Name { get; }

    public override string Summary { get; }

    public override string? Unavailable => DataCatalog.FashionMnist.Find() is null && DataCatalog.HandwrittenDigits.Find() is null
        ? $"neither {DataCatalog.FashionMnist.Name} ({DataCatalog.FashionMnist.InstallCommand}) nor, for --set data=digits, "
            + $"{DataCatalog.HandwrittenDigits.Name} ({DataCatalog.HandwrittenDigits.InstallCommand}) is installed"
        : null;

    protected override ContinualSettings Short { get; }

    protected override ContinualSettings Full { get; }

    protected override void Prepare(ContinualSettings settings, CellContext context) => ContinualTuning.Run(_kind, settings, context);

    protected override IReadOnlyList<ExperimentCell> Cells(ContinualSettings settings) =>
        MethodRuns.Cells(settings.Methods, settings.Seeds, (method, seed, context) => Run(settings, method, seed, context));

    protected override Findings Conclude(ContinualSettings settings, CellResults results) => ContinualFindings.Of(settings, results, _description);

    private JsonObject Run(ContinualSettings settings, ContinualMethod method, int seed, CellContext context)
    {
        var choice = ContinualTuning.Choose(_kind, settings, method, context.Prepared);
        var json = ContinualRun.Run(new ContinualTrial(_kind, settings, method, choice.LearningRate, choice.Strength, settings.Tasks, seed), context).ToJson();
        json["learningRate"] = choice.LearningRate;
        json["strength"] = choice.Strength;
        json["isAtEdge"] = choice.IsAtEdge;
        json["tuningRates"] = CellResult.Json(choice.Scores.Select(score => score.LearningRate));
        json["tuningStrengths"] = CellResult.Json(choice.Scores.Select(score => score.Strength));
        json["tuningAccuracies"] = CellResult.Json(choice.Scores.Select(score => score.Accuracy));
        return json;
    }

    private static ContinualExperiment[] Benchmarks()
    {
        var few = new ContinualSettings { Methods = ContinualMethods.Few, Tasks = 30, TuningTasks = 30 };
        var all = new ContinualSettings
        {
            Width = 512, Tasks = 200, TuningTasks = 200, Examples = 10000, TestExamples = 2000, Epochs = 5, Seeds = 5, Window = 10, DiagnoseEvery = 10,
            SaveEvery = 2, Methods = ContinualMethods.All,
        };
        var remedies = ContinualMethods.Remedies;
        return
        [
            new(
                TaskKind.RandomLabels,
                "random-labels",
                "Does a network still memorise random labels after many sets of them? AdamO against AdamW and other remedies.",
                "Random labels: in each task the same pictures get labels drawn anew, so there is nothing to carry over, and only memorising helps.",
                few with { Examples = 1000, TestExamples = 0, Epochs = 20 },
                all with { Tasks = 50, TuningTasks = 50, Examples = 4000, TestExamples = 0, Epochs = 50, DiagnoseEvery = 5, SaveEvery = 1 }),
            new(
                TaskKind.PermutedInputs,
                "permuted-inputs",
                "Is the last of many permutations of the pixels learned as well as the first? AdamO against AdamW and other remedies.",
                "Permuted inputs: each task has its own order of pixels, the same for all pictures.",
                few,
                all),
            new(
                TaskKind.LabelShuffles,
                "label-shuffles",
                "Are renamed classes learned as well the last time as the first? AdamO against AdamW and other remedies.",
                "Label shuffles: each task gives the classes other labels, so that features can be carried over and the readout cannot. "
                + "A convolutional network.",
                new() { Network = "conv", Width = 64, Examples = 1000, TestExamples = 500, Epochs = 5 },
                all with { Network = "conv", Width = 128, Examples = 5000, Epochs = 10 }),
            new(
                TaskKind.ClassIncremental,
                "class-incremental",
                "Classes arrive two at a time, round after round: AdamO against AdamW and other remedies.",
                "Class-incremental: each task adds two classes to those before; after ten, another round begins with another order of classes and of pixels. "
                + "Five tasks are a round, so windows of whole rounds are compared.",
                few,
                all),
            new(
                TaskKind.PermutedInputs,
                "remedies",
                "Eleven ways to keep plasticity, each read through its isometry: singular values, effective rank and dormant units after many permuted tasks.",
                "Permuted inputs under every method. The paper reads older remedies as partial forms of isometry; the second table has what each leaves of it.",
                few with { Methods = remedies, TuningTasks = 10, LearningRates = [3e-4, 1e-3], DiagnoseEvery = 5 },
                all with { Methods = remedies }),
        ];
    }
}
