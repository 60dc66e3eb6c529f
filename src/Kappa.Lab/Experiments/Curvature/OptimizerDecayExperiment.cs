namespace Kappa.Lab.Experiments.Curvature;

/// <summary>What the paper leaves open: whether the decay is the same for models that different optimizers trained.</summary>
internal sealed class OptimizerDecayExperiment : CurvatureExperiment<DecaySettings>
{
    public override string Name => "optimizers";

    public override string Summary => "The criteria over k at transformers that SGD, AdamW, Muon and DoPr-AdamW trained: same data, same steps, other minima.";

    protected override DecaySettings Short => new() { Networks = ["transformer"], Optimizers = ["sgd", "adamw", "muon", "dopr-adamw"], Seeds = 3 };

    protected override DecaySettings Full => Short with { Seeds = 8, LargestK = 10_000, Points = 20, Steps = 3500, Width = 128, Layers = 4, HessianSamples = 256, Candidates = 16, FullSpaceProbes = 8 };

    private protected override JsonObject Run(DecaySettings settings, string network, string optimizer, int seed, CellContext context) =>
        Decay.Run(settings, network, optimizer, seed, context);

    private protected override (string Answer, FindingSection Section) Describe(
        DecaySettings settings, string network, string optimizer, IReadOnlyList<CellResult> found) =>
        DecayFindings.Of(settings, network, optimizer, found);

    private protected override string Headline(DecaySettings settings, string[] answers) => DecayFindings.Headline(settings, answers);
}
