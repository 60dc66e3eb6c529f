namespace Kappa.Lab.Reproduction.Curvature;

/// <summary>What the paper leaves open: whether the decay is the same for models that different optimizers trained.</summary>
public sealed class OptimizerDecayExperiment : Experiment<DecaySettings>
{
    /// <inheritdoc/>
    public override string Paper => "curvature";

    /// <inheritdoc/>
    public override string Name => "optimizers";

    /// <inheritdoc/>
    public override string Summary => "The criteria over k at transformers that SGD, AdamW, Muon and DoPr-AdamW trained: same data, same steps, other minima.";

    /// <inheritdoc/>
    public override string? Unavailable => ProbedModels.Unavailable;

    /// <inheritdoc/>
    protected override DecaySettings Short => new() { Networks = ["transformer"], Optimizers = ["sgd", "adamw", "muon", "dopr-adamw"], Seeds = 3 };

    /// <inheritdoc/>
    protected override DecaySettings Full => Short with { Seeds = 8, LargestK = 10_000, Points = 20, Steps = 3500, Width = 128, Layers = 4, HessianSamples = 256, Candidates = 16, FullSpaceProbes = 8 };

    /// <inheritdoc/>
    protected override void Prepare(DecaySettings settings, CellContext context) => ProbedModels.Prepare(settings, context);

    /// <inheritdoc/>
    protected override IReadOnlyList<ExperimentCell> Cells(DecaySettings settings) =>
        ProbedModels.Cells(settings, (network, optimizer, seed, context) => Decay.Run(settings, network, optimizer, seed, context));

    /// <inheritdoc/>
    protected override Findings Conclude(DecaySettings settings, CellResults results)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(results);
        return DecayFindings.Of(settings, results);
    }
}
