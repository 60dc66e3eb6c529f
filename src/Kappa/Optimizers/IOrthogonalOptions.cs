using Kappa.Networks;

namespace Kappa.Optimizers;

/// <summary>The settings that <see cref="Muon"/> and <see cref="AdaMuon"/> share, with defaults of their own.</summary>
internal interface IOrthogonalOptions
{
    double Momentum { get; }

    bool Nesterov { get; }

    int NewtonSchulzSteps { get; }

    Orthogonalization Orthogonalization { get; }

    double WeightDecay { get; }

    MuonMatrices Matrices { get; }

    Func<Parameter, bool>? Where { get; }

    AdamWOptions Others { get; }

    double OthersLearningRateRatio { get; }

    void Validate();
}
