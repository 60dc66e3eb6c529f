using Kappa.Lab.Settings;

namespace Kappa.Lab.Experiments.PathCond;

/// <summary>What every comparison of rescalings is made of.</summary>
public abstract record GridSettings : IExperimentSettings
{
    /// <summary>Learning rates; every method takes each.</summary>
    public IReadOnlyList<double> LearningRates { get; init; } = [];

    /// <summary>What is compared, <c>plain</c> among them: <c>pathcond</c>, <c>pathcond-reference</c> (ten sweeps, and batch norm as in the published code), <c>pathcond-reference-converged</c> (the same without a limit of sweeps), <c>enorm</c>.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [RescalingMethod.Plain, RescalingMethod.PathCond, RescalingMethod.Reference, RescalingMethod.Enorm];

    /// <summary>Initialisations.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>Passes over the examples.</summary>
    public int Epochs { get; init; } = 20;

    /// <inheritdoc/>
    public virtual void Validate()
    {
        SettingChecks.Rates(nameof(LearningRates), LearningRates);
        SettingChecks.Names(nameof(Methods), Methods);
        SettingChecks.AtLeast(1, (nameof(Seeds), Seeds), (nameof(Epochs), Epochs));
    }
}
