namespace Kappa.Lab.Studies.Methods;

/// <summary>The settings of <c>adamuon</c>.</summary>
internal sealed record AdaMuonSettings : MatrixSettings
{
    private static readonly AdaMuonOptions Library = new();

    public AdaMuonSettings()
    {
        (Momentum, Nesterov, WeightDecay, NewtonSchulzSteps) = (Library.Momentum, Library.Nesterov, Library.WeightDecay, Library.NewtonSchulzSteps);
        (Orthogonalization, Matrices, OthersRatio) = (Library.Orthogonalization, Library.Matrices, Library.OthersLearningRateRatio);
    }

    [Setting("decay of the mean of squared directions", AtLeast = 0, Below = 1)]
    public double Beta2 { get; init; } = Library.Beta2;

    [Setting("added to the root of the mean square", Above = 0)]
    public double Epsilon { get; init; } = Library.Epsilon;

    internal AdaMuonOptions Options => new()
    {
        Momentum = Momentum,
        Beta2 = Beta2,
        Epsilon = Epsilon,
        Nesterov = Nesterov,
        WeightDecay = WeightDecay,
        NewtonSchulzSteps = NewtonSchulzSteps,
        Orthogonalization = Orthogonalization,
        Matrices = Matrices,
        OthersLearningRateRatio = OthersRatio,
        Others = Others,
    };
}
