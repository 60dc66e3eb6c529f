using System.Runtime.CompilerServices;

namespace Kappa.Lab.Experiments.Together;

/// <summary>Do the methods add up? Every combination of PathCond, Muon, activation preconditioning and isometry on three networks.</summary>
internal sealed class TogetherExperiment : Experiment<TogetherSettings>
{
    // What the cells of a run learn, made once for each network.
    private readonly ConditionalWeakTable<TogetherSettings, Dictionary<string, Lazy<StudiedNetwork>>> _networks = [];

    public override string Paper => "together";

    public override string Name => "factorial";

    public override string Summary =>
        "Do the methods add up? PathCond, Muon, AP and isometry in all 16 combinations on an MLP, a convolutional network and a transformer.";

    public override IReadOnlyList<string> Aliases => [Paper];

    public override string? Unavailable => Missing(DataCatalog.HandwrittenDigits);

    protected override TogetherSettings Short => new();

    protected override TogetherSettings Full => new()
    {
        Steps = new Dictionary<string, int>
        {
            [StudiedNetwork.Mlp] = 3000, [StudiedNetwork.Convolutional] = 3000, [StudiedNetwork.Transformer] = 10_000,
        },
        TuningSeeds = 2, Seeds = 10, Examples = 7000, HeldOut = 1000, Tasks = 50, TaskExamples = 2000, TaskSteps = 500, Side = 28, Hidden = [512, 512, 512],
        Channels = [32, 64, 128], Digits = 4, Width = 128, Blocks = 4, CurvatureSamples = 1000, Dimensions = 16,
    };

    protected override IReadOnlyList<ExperimentCell> Cells(TogetherSettings settings) =>
    [
        .. settings.Arms().Select(arm => new ExperimentCell(
            arm.Key, context => new ArmRun(settings, NetworksOf(settings)[arm.Network].Value, arm).Run(context))),
    ];

    protected override Findings Conclude(TogetherSettings settings, CellResults results) => TogetherFindings.Of(settings, results);

    private Dictionary<string, Lazy<StudiedNetwork>> NetworksOf(TogetherSettings settings) => _networks.GetValue(settings, given =>
        given.Steps.Keys.ToDictionary(name => name, name => new Lazy<StudiedNetwork>(() => StudiedNetwork.Of(name, given))));
}
