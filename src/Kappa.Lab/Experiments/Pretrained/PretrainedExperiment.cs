using System.Runtime.CompilerServices;

namespace Kappa.Lab.Experiments.Pretrained;

/// <summary>A network that others trained: how far it is from the path-conditioned point, and whether it is fine-tuned better from there.</summary>
internal sealed class PretrainedExperiment : Experiment<PretrainedSettings>
{
    internal const string Trained = "trained";
    internal const string Fresh = "fresh";

    private static readonly string[] Methods = [RescalingMethod.Plain, RescalingMethod.PathCond];

    // What trainings start from, the same for all cells of one run.
    private readonly ConditionalWeakTable<PretrainedSettings, StartingPoints> _starts = [];

    public override string Paper => "pathcond";

    public override string Name => "pretrained";

    public override string Summary =>
        "ResNet-18 as trained on ImageNet: how far from path-conditioned, its Hessian, and fine-tuning on Fashion-MNIST before and after rescaling.";

    public override string? Unavailable => Missing(DataCatalog.ResNet18) ?? Missing(DataCatalog.FashionMnist);

    protected override PretrainedSettings Short => new();

    protected override PretrainedSettings Full => new()
    {
        Side = 64, Pictures = 5000, HeldOut = 5000, Epochs = 2, TuningSeeds = 2, HessianPictures = 200, Eigenvalues = 10, MuonTrainsAll = true,
    };

    protected override IReadOnlyList<ExperimentCell> Cells(PretrainedSettings settings)
    {
        var start = _starts.GetValue(settings, given => new StartingPoints(given));
        return
        [
            new ExperimentCell($"measure/{Trained}", context => NetworkMeasurement.Of(
                PretrainedResNet.Trained(StartingPoints.Classes, new Philox(0).Split("model")), settings, hasCurvature: true, context)) { Weight = 20 },
            new ExperimentCell($"measure/{Fresh}", context => NetworkMeasurement.Of(
                PretrainedResNet.Fresh(StartingPoints.Classes, new Philox(0).Split("model")), settings, hasCurvature: false, context)) { Weight = 2 },
            .. from arm in settings.Arms()
               from method in Methods
               let tuning = new FineTuning(settings, start, arm.Part, arm.Optimizer, method)
               select new ExperimentCell(FineTuning.Key(arm.Part, arm.Optimizer, method), tuning.Run) { Weight = arm.Part == TrainedPart.All ? 20 : 2 },
        ];
    }

    protected override Findings Conclude(PretrainedSettings settings, CellResults results) => PretrainedFindings.Of(settings, results);
}
