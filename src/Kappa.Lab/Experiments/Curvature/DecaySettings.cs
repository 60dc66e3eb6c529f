namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Settings of the experiments that follow the criteria over k.</summary>
internal sealed record DecaySettings : ModelSettings
{
    public DecaySettings() => (Networks, Seeds) = (["transformer", "mlp", "conv"], 3);

    [Setting("the largest k", AtLeast = 1)]
    public int LargestK { get; init; } = 300;

    [Setting("values of k, at equal steps of its logarithm", AtLeast = 1, AtMost = 100_000)]
    public int Points { get; init; } = 8;

    [Setting("each D", AtLeast = 1, OnceEach = true)]
    public IReadOnlyList<int> Dimensions { get; init; } = [1, 4, 16];

    [Setting("each sigma", Above = 0, OnceEach = true)]
    public IReadOnlyList<double> Sigmas { get; init; } = [1e-4, 1e-3, 1e-2];

    [Setting("samples whose Hessian gives the subspace", AtLeast = 1)]
    public int HessianSamples { get; init; } = 32;

    [Setting("samples that are added to the first k, each by itself. The paper adds one, which leaves its chance in every point", AtLeast = 1)]
    public int Candidates { get; init; } = 8;

    [Setting("random vectors for the traces of the full-space criterion", AtLeast = 0)]
    public int FullSpaceProbes { get; init; } = 4;

    /// <summary>The same at about the paper's size.</summary>
    internal DecaySettings AtFullSize() => this with
    {
        Seeds = 8, LargestK = 10_000, Points = 20, Steps = 3500, Width = 128, Layers = 4, HessianSamples = 256, Candidates = 16, FullSpaceProbes = 8,
    };

    public override void Check(SettingsCheck check)
    {
        check.Require(FullSpaceProbes != 1, nameof(FullSpaceProbes), "0, or an integer of 2 or more", FullSpaceProbes);
        base.Check(check);
    }
}
