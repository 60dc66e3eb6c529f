using Kappa.Lab.Settings;

namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Settings of the experiments that follow the criteria over k.</summary>
public sealed record DecaySettings : ModelSettings
{
    /// <summary>The defaults: three architectures.</summary>
    public DecaySettings() => (Networks, Seeds) = (["transformer", "mlp", "conv"], 3);

    /// <summary>The largest k.</summary>
    public int LargestK { get; init; } = 300;

    /// <summary>Values of k, at equal steps of its logarithm.</summary>
    public int Points { get; init; } = 8;

    /// <summary>Each D.</summary>
    public IReadOnlyList<int> Dimensions { get; init; } = [1, 4, 16];

    /// <summary>Each sigma.</summary>
    public IReadOnlyList<double> Sigmas { get; init; } = [1e-4, 1e-3, 1e-2];

    /// <summary>Samples whose Hessian gives the subspace.</summary>
    public int HessianSamples { get; init; } = 32;

    /// <summary>Samples that are added to the first k, each by itself. The paper adds one, which leaves its chance in every point.</summary>
    public int Candidates { get; init; } = 8;

    /// <summary>Random vectors for the traces of the full-space criterion.</summary>
    public int FullSpaceProbes { get; init; } = 4;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        SettingChecks.AtLeast(
            1, (nameof(LargestK), LargestK), (nameof(Points), Points), (nameof(HessianSamples), HessianSamples), (nameof(Candidates), Candidates));
        SettingChecks.Require(FullSpaceProbes is 0 or >= 2, nameof(FullSpaceProbes), "0, or an integer of 2 or more", FullSpaceProbes);
        SettingChecks.EachAtLeast1(nameof(Dimensions), Dimensions);
        SettingChecks.EachAbove0(nameof(Sigmas), Sigmas);
    }
}
