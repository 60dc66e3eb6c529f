using Kappa.Lab.Settings;

namespace Kappa.Lab.Experiments.Curvature;

/// <summary>What the experiments of the curvature paper have in common: which models are trained, and at which sizes they are probed. The defaults take minutes on two cores.</summary>
public record ModelSettings : IExperimentSettings
{
    /// <summary>Networks: <c>transformer</c> on the Brown corpus, <c>mlp</c> and <c>conv</c> on Fashion-MNIST.</summary>
    public IReadOnlyList<string> Networks { get; init; } = ["transformer"];

    /// <summary>Optimizers that train them.</summary>
    public IReadOnlyList<string> Optimizers { get; init; } = ["adamw"];

    /// <summary>Orders of the samples; each is a cell.</summary>
    public int Seeds { get; init; } = 4;

    /// <summary>Width of the transformer.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Its blocks.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Tokens of a sequence.</summary>
    public int ContextLength { get; init; } = 64;

    /// <summary>Steps of training.</summary>
    public int Steps { get; init; } = 300;

    /// <summary>Samples of a step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Residual of the eigenpairs over |eigenvalue|.</summary>
    public double Tolerance { get; init; } = 1e-3;

    /// <inheritdoc/>
    public virtual void Validate()
    {
        SettingChecks.Names(nameof(Networks), Networks);
        SettingChecks.Names(nameof(Optimizers), Optimizers);
        SettingChecks.AtLeast(
            1, (nameof(Seeds), Seeds), (nameof(Width), Width), (nameof(ContextLength), ContextLength), (nameof(Steps), Steps), (nameof(BatchSize), BatchSize));
        SettingChecks.AtLeast(0, (nameof(Layers), Layers));
        SettingChecks.Above0(nameof(Tolerance), Tolerance);
        ProbedModels.Check(this);
    }
}
