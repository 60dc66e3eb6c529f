namespace Kappa.Lab.Studies.Compare;

/// <summary>One of the optimizers that a comparison compares.</summary>
public sealed record OptimizerConfig : OptimizerChoice, ICheckedSettings
{
    /// <summary>What tables and plots call it; no two of a comparison share one.</summary>
    [Setting("what tables and plots call it; no two share one", DefaultText = "the optimizer's title")]
    public string Label { get => field ?? (Whiten ? $"{Title}, whitened inputs" : Title); init; }

    /// <summary>The learning rates to sweep.</summary>
    [Setting("rates of its own to sweep", AtLeast = 0, OnceEach = true, DefaultText = "the comparison's")]
    public IReadOnlyList<double> LearningRates { get; init; } = [];

    /// <summary>Steps of training.</summary>
    [Setting("steps of its own: the control with more steps", AtLeast = 1, AtMost = ComparisonConfig.MaximumSteps, DefaultText = "the comparison's")]
    public int Steps { get; init; }

    /// <summary>A model other than the comparison's: a control; null for the comparison's.</summary>
    [Setting("fields of the model to change: a control")]
    public ModelConfig? Model { get; init; }

    /// <summary>Whether inputs are PCA-whitened by a fixed layer in front of the model: a control.</summary>
    [Setting("PCA-whiten the inputs by a fixed layer in front of the model: a control")]
    public bool Whiten { get; init; }

    /// <inheritdoc/>
    public void Check(SettingsCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.Require(RunPaths.Slug(Label).Length > 0, nameof(Label), "a letter or a digit in it", $"\"{Label}\"");
    }

    /// <summary>With what it leaves out as the comparison has it.</summary>
    internal OptimizerConfig Under(ComparisonConfig comparison) => this with
    {
        LearningRates = LearningRates.Count == 0 ? comparison.LearningRates : LearningRates,
        Steps = Steps == 0 ? comparison.Steps : Steps,
        Model = Model?.Over(comparison.Model ?? new ModelConfig()),
    };
}
