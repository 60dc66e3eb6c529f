namespace Kappa.Lab.Experiments.Pretrained;

/// <summary>Settings.</summary>
internal sealed record PretrainedSettings : ICompletedSettings
{
    /// <summary>SGD with a momentum of 0.9, the only name that is no optimizer's of the catalog.</summary>
    internal const string SgdMomentum = "sgd-momentum";

    [Setting(
        "learning rates that each optimizer tries first, by a name such as sgd-momentum, adamw or dopr-adamw; a best one at an edge adds a further one",
        AtLeast = 0, OnceEach = true)]
    public IReadOnlyDictionary<string, IReadOnlyList<double>> Optimizers { get; init; } = new Dictionary<string, IReadOnlyList<double>>
    {
        [SgdMomentum] = [1e-4, 1e-3, 1e-2],
        ["adamw"] = [1e-4, 1e-3, 1e-2],
        ["muon"] = [1e-3, 1e-2, 1e-1],
        ["dopr-adamw"] = [1e-4, 1e-3, 1e-2],
    };

    [Setting("what is trained: the head, the last block and it, or all", OneOf = [TrainedPart.Head, TrainedPart.Block, TrainedPart.All], OnceEach = true)]
    public IReadOnlyList<string> Parts { get; init; } = [TrainedPart.Head, TrainedPart.Block, TrainedPart.All];

    [Setting("whether Muon trains all: it orthogonalises 22 matrices at each step, which takes longer than the rest of the study")]
    public bool MuonTrainsAll { get; init; }

    [Setting("the most rates that are added to a list", AtLeast = 0, AtMost = 20)]
    public int Extensions { get; init; } = 2;

    [Setting("further seeds that rates are chosen on", AtLeast = 1, AtMost = 10_000)]
    public int TuningSeeds { get; init; } = 1;

    [Setting("heads and orders of the pictures that are reported", AtLeast = 1, AtMost = 10_000)]
    public int Seeds { get; init; } = 5;

    [Setting("pixels of a side that pictures are resized to", AtLeast = 32, AtMost = 224)]
    public int Side { get; init; } = 32;

    [Setting("pictures to train on", AtLeast = 10, AtMost = 50_000)]
    public int Pictures { get; init; } = 600;

    [Setting("pictures to choose rates by, and as many to report", AtLeast = 10, AtMost = 10_000)]
    public int HeldOut { get; init; } = 400;

    [Setting("passes over the pictures", AtLeast = 1)]
    public int Epochs { get; init; } = 1;

    [Setting("pictures in a batch", AtLeast = 2)]
    public int BatchSize { get; init; } = 25;

    [Setting("pictures of the Hessian, which the head is fitted to before it is taken", AtLeast = 10, AtMost = 10_000)]
    public int HessianPictures { get; init; } = 50;

    [Setting("eigenvalues of the Hessian", AtLeast = 1, AtMost = 100)]
    public int Eigenvalues { get; init; } = 3;

    private IReadOnlyDictionary<string, OptimizerChoice> Made { get; init; } = new Dictionary<string, OptimizerChoice>();

    internal Optimizer Create(string name, Module model, double rate, Philox generator) =>
        name == SgdMomentum ? new SGD(model.Parameters(), rate, momentum: 0.9) : Made[name].Create(model, rate, generator);

    /// <summary>Every part before every optimizer. Muon leaves the last matrix to AdamW, so that of a head alone nothing would be its own; all is its where
    /// it is asked for.</summary>
    internal IEnumerable<(string Part, string Optimizer)> Arms() =>
        from part in Parts
        from optimizer in Optimizers.Keys
        where !optimizer.Contains("muon", StringComparison.Ordinal)
            || part == TrainedPart.Block || (part == TrainedPart.All && MuonTrainsAll)
        select (part, optimizer);

    object ICompletedSettings.Complete(SettingsCheck check) => this with
    {
        Made = Optimizers.Keys.Where(name => name != SgdMomentum)
            .ToDictionary(name => name, name => OptimizerChoice.Parse(name, check.PathOf(nameof(Optimizers)), check.Choices)),
    };
}
