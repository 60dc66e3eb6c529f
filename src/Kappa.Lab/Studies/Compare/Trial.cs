namespace Kappa.Lab.Studies.Compare;

/// <summary>One training run of a comparison.</summary>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="LearningRate">Its learning rate.</param>
/// <param name="Seed">The seed of initialisation and data order.</param>
public sealed record Trial(OptimizerConfig Optimizer, double LearningRate, long Seed)
{
    /// <summary>The trial's folder, such as <c>dopr-adamw-lr0.001-seed3</c>.</summary>
    public string FolderName => FormattableString.Invariant($"{RunPaths.Slug(Optimizer.Label)}-lr{Figures.Rate(LearningRate)}-seed{Seed}");

    /// <summary>What decides the result of the trial, and nothing else: two trials with the same text have the same result.</summary>
    internal string IdentityIn(ComparisonConfig config)
    {
        var optimizer = SettingsOf<OptimizerConfig>.Write(Optimizer with { Model = null });
        _ = optimizer.Remove("label");
        _ = optimizer.Remove("learningRates");
        var whole = SettingsOf<ComparisonConfig>.Write(config with { Model = Optimizer.Model ?? config.Model });
        foreach (string name in new[] { "name", "optimizers", "learningRates", "seeds", "steps", "checkpointEvery", "selectBy" })
            _ = whole.Remove(name);
        (whole["optimizer"], whole["learningRate"], whole["seed"]) = (optimizer, LearningRate, Seed);
        return whole.ToJsonString();
    }
}
