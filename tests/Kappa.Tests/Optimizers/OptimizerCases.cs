using Kappa.Networks;
using Kappa.Optimizers;

namespace Kappa.Tests.Optimizers;

/// <summary>Every optimizer, for the tables that each must pass.</summary>
internal static class OptimizerCases
{
    public static TheoryData<string> Names =>
        ["sgd", "sgd-momentum", "sgd-nesterov", "sgd-dampened", "adamw", "signum", "muon", "muon-moonshot", "muon-polar-express", "adamuon"];

    public static Optimizer Make(string name, IReadOnlyList<Parameter> parameters) => name switch
    {
        "sgd" => new SGD(parameters, 0.1),
        "sgd-momentum" => new SGD(parameters, 0.05, momentum: 0.9, weightDecay: 1e-4),
        "sgd-nesterov" => new SGD(parameters, 0.05, momentum: 0.9, nesterov: true),
        "sgd-dampened" => new SGD(parameters, 0.2, momentum: 0.8, dampening: 0.5),
        "adamw" => new AdamW(parameters, 0.05, new AdamWOptions { WeightDecay = 0 }),
        "signum" => new Signum(parameters, 0.02, momentum: 0.9),
        "muon" => new Muon(
        parameters, 0.1, new MuonOptions { Matrices = MuonMatrices.All, OthersLearningRateRatio = 0.5, Others = new AdamWOptions { WeightDecay = 0 } }),
        "muon-moonshot" =>
        new Muon(parameters, 0.1,
        new MuonOptions { Matrices = MuonMatrices.All, Scaling = MuonScaling.Moonshot, Nesterov = false, OthersLearningRateRatio = 0.5,
        Others = new AdamWOptions { WeightDecay = 0 } }),
        "muon-polar-express" =>
        new Muon(parameters, 0.1,
        new MuonOptions { Matrices = MuonMatrices.All, Orthogonalization = Orthogonalization.PolarExpress, OthersLearningRateRatio = 0.5,
        Others = new AdamWOptions { WeightDecay = 0 } }),
        "adamuon" =>
        new AdaMuon(parameters, 0.1,
        new AdaMuonOptions { Matrices = MuonMatrices.All, WeightDecay = 0, OthersLearningRateRatio = 0.5, Others = new AdamWOptions { WeightDecay = 0 } }),
        _ => throw new ArgumentException(name),
    };
}
