namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Settings of the experiments that test the quadratic model.</summary>
internal sealed record ModelErrorSettings : ModelSettings
{
    public ModelErrorSettings() => Seeds = 3;

    [Setting("k", AtLeast = 1)]
    public int K { get; init; } = 8;

    [Setting("each sigma", Above = 0, OnceEach = true)]
    public IReadOnlyList<double> Sigmas { get; init; } = [1e-7, 1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1];

    [Setting("each D; the largest decides the subspace", AtLeast = 1, OnceEach = true)]
    public IReadOnlyList<int> Dimensions { get; init; } = [10];

    [Setting("points drawn for each sigma", AtLeast = 2)]
    public int Samples { get; init; } = 64;

    /// <summary>The same at about the paper's size.</summary>
    internal ModelErrorSettings AtFullSize(int samples, int seeds = 8) => this with { Samples = samples, Seeds = seeds, Steps = 3500, Width = 128, Layers = 4 };
}
