using Kappa.Lab.Settings;

namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Settings of the experiments that test the quadratic model.</summary>
public sealed record ModelErrorSettings : ModelSettings
{
    /// <summary>The defaults.</summary>
    public ModelErrorSettings() => Seeds = 3;

    /// <summary>k.</summary>
    public int K { get; init; } = 8;

    /// <summary>Each sigma.</summary>
    public IReadOnlyList<double> Sigmas { get; init; } = [1e-7, 1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1];

    /// <summary>Each D; the largest decides the subspace.</summary>
    public IReadOnlyList<int> Dimensions { get; init; } = [10];

    /// <summary>Points drawn for each sigma.</summary>
    public int Samples { get; init; } = 64;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        SettingChecks.AtLeast(1, (nameof(K), K));
        SettingChecks.AtLeast(2, (nameof(Samples), Samples));
        SettingChecks.EachAtLeast1(nameof(Dimensions), Dimensions);
        SettingChecks.EachAbove0(nameof(Sigmas), Sigmas);
    }
}
