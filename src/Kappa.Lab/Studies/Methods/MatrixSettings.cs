namespace Kappa.Lab.Studies.Methods;

/// <summary>What the optimizers of the Muon family have in common.</summary>
internal abstract record MatrixSettings
{
    [Setting("decay of the mean of gradients", AtLeast = 0, Below = 1)]
    public double Momentum { get; init; }

    [Setting("mix the gradient into the mean (Nesterov)")]
    public bool Nesterov { get; init; }

    [Setting("share of itself, times the learning rate, that an orthogonalised matrix loses in each step", AtLeast = 0)]
    public double WeightDecay { get; init; }

    [Setting("iterations of the quintic", AtLeast = 1, AtMost = 1000)]
    public int NewtonSchulzSteps { get; init; }

    [Setting("one quintic over and over, or the best one for each iteration (Amsel and others, 2025)")]
    public Orthogonalization Orthogonalization { get; init; }

    [Setting("which matrices: all but the first and the last, or all", OneOf = ["hidden", "all"])]
    public MuonMatrices Matrices { get; init; }

    [Setting("AdamW's share of the learning rate, for the other parameters", AtLeast = 0)]
    public double OthersRatio { get; init; }

    [Setting("AdamW's weight decay", AtLeast = 0)]
    public double OthersWeightDecay { get; init; } = new AdamWOptions().WeightDecay;

    private protected AdamWOptions Others => new() { WeightDecay = OthersWeightDecay };
}
