namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>Values that settings of activation preconditioning take, each alone, in front of the first optimizer.</summary>
internal sealed record AblationSettings
{
    [Setting("values of gamma, the damping", AtLeast = 0, OnceEach = true, MayBeEmpty = true)]
    public IReadOnlyList<double> Gamma { get; init; } = [];

    [Setting("steps between two factorizations", AtLeast = 1, OnceEach = true, MayBeEmpty = true)]
    public IReadOnlyList<int> RefreshInterval { get; init; } = [];

    [Setting("decays of the moving average of the second moments", AtLeast = 0, Below = 1, OnceEach = true, MayBeEmpty = true)]
    public IReadOnlyList<double> MovingAverage { get; init; } = [];

    /// <summary>What each is, but for values that activation preconditioning has anyway.</summary>
    internal IEnumerable<Ablation> Of(DoPrOptions options) =>
        from ablation in All
        where ablation.Value != Ablation.In(options, ablation.Setting)
        select ablation;

    private IEnumerable<Ablation> All =>
    [
        .. Gamma.Order().Select(value => new Ablation(Ablation.Gamma, value)),
        .. RefreshInterval.Order().Select(value => new Ablation(Ablation.RefreshInterval, value)),
        .. MovingAverage.Order().Select(value => new Ablation(Ablation.MovingAverage, value)),
    ];
}
