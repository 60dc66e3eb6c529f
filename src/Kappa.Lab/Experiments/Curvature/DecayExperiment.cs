namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Figure 2 of arXiv 2604.14870: how the criteria fall with k, with fitted slopes, on three architectures.</summary>
/// <remarks>The paper evaluates each k at weights on their way; here w* is one trained model and k alone grows, which is what the rate speaks of.</remarks>
internal sealed class DecayExperiment : CurvatureExperiment<DecaySettings>
{
    public override string Name => "fig2";

    public override string Summary =>
        "How Delta_1, Delta_2 and Delta_2^(D) fall with the number of samples, with fitted slopes: transformer, MLP and convolutional network.";

    protected override DecaySettings Short => new();

    protected override DecaySettings Full =>
        new() { Seeds = 8, LargestK = 10_000, Points = 20, Steps = 3500, Width = 128, Layers = 4, HessianSamples = 256, Candidates = 16, FullSpaceProbes = 8 };

    private protected override JsonObject Run(DecaySettings settings, string network, string optimizer, int seed, CellContext context) =>
        Decay.Run(settings, network, optimizer, seed, context);

    private protected override (string Answer, FindingSection Section) Describe(
        DecaySettings settings, string network, string optimizer, IReadOnlyList<CellResult> found) =>
        DecayFindings.Of(settings, network, optimizer, found);

    private protected override string Headline(DecaySettings settings, string[] answers) => DecayFindings.Headline(settings, answers);
}
