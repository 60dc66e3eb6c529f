namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>muon</c>.</summary>
internal sealed record MuonSettings : MatrixSettings
{
    private static readonly MuonOptions Library = new();

    public MuonSettings()
    {
        (Momentum, Nesterov, WeightDecay, NewtonSchulzSteps) = (Library.Momentum, Library.Nesterov, Library.WeightDecay, Library.NewtonSchulzSteps);
        (Orthogonalization, Matrices, OthersRatio) = (Library.Orthogonalization, Library.Matrices, Library.OthersLearningRateRatio);
    }

    internal MuonOptions Options => new()
    {
        Momentum = Momentum,
        Nesterov = Nesterov,
        WeightDecay = WeightDecay,
        NewtonSchulzSteps = NewtonSchulzSteps,
        Orthogonalization = Orthogonalization,
        Matrices = Matrices,
        OthersLearningRateRatio = OthersRatio,
        Others = Others,
    };
}
