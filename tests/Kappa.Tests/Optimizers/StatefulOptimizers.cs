using Kappa.Isometry;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Preconditioning;
using Kappa.Randomness;

namespace Kappa.Tests.Optimizers;

/// <summary>Every optimizer and wrapper of the library, with what it remembers switched on, and some around each other.</summary>
internal static class StatefulOptimizers
{
    private static readonly Dictionary<string, (Type[] Types, Func<Module, Philox, Optimizer> Make)> Cases = new()
    {
        ["sgd"] = ([typeof(SGD)], (model, _) => new SGD(model.Parameters(), 0.05)),
        ["sgd-momentum"] = ([typeof(SGD)], (model, _) => new SGD(model.Parameters(), 0.05, momentum: 0.9, dampening: 0.5, weightDecay: 1e-3)),
        ["adamw"] = ([typeof(AdamW)], (model, _) => Adam(model)),
        ["signum"] = ([typeof(Signum)], (model, _) => new Signum(model.Parameters(), 0.01)),
        ["muon"] = ([typeof(Muon)], (model, _) => new Muon(model.Parameters(), 0.02)),
        ["adamuon"] = ([typeof(AdaMuon)], (model, _) => new AdaMuon(model.Parameters(), 0.01)),
        ["adamo"] = ([typeof(AdamO)], (model, _) => new AdamO(model.Parameters(), 0.01, Penalty)),
        ["muono"] = ([typeof(MuonO)], (model, _) => new MuonO(model.Parameters(), 0.02, Penalty)),
        ["isometry"] = ([typeof(IsometryPenalty)],
            (model, _) => new IsometryPenalty(new SGD(model.Parameters(), 0.05, momentum: 0.9), Penalty with { Variant = IsometryVariant.Coupled })),
        ["dopr"] = ([typeof(DoPr)], (model, _) => new DoPr(Adam(model), model)),
        ["dopr-averages"] = ([typeof(DoPr)],
            (model, _) => new DoPr(Adam(model), model, new DoPrOptions { MovingAverage = 0.8, RefreshInterval = 3, IncludeBias = true })),
        ["dopr-beside"] = ([typeof(DoPr)],
            (model, _) => new DoPr(Adam(model), model, new DoPrOptions { MovingAverage = 0.8, RefreshInterval = 2, AsynchronousRefresh = true })),
        ["l2"] = ([typeof(L2)], (model, _) => new L2(Adam(model), 1e-2)),
        ["l2-init"] = ([typeof(L2Init)], (model, _) => new L2Init(Adam(model), 1e-2)),
        ["spectral"] = ([typeof(SpectralRegularization)],
            (model, generator) => new SpectralRegularization(Adam(model), generator, new SpectralRegularizationOptions { Strength = 1e-2 })),
        ["shrink-and-perturb"] = ([typeof(ShrinkAndPerturb)], (model, generator) => Perturbed(Adam(model), generator)),
        ["redo"] = ([typeof(ReDo)], (model, generator) => Renewed(Adam(model), model, generator)),
        ["continual-backpropagation"] = ([typeof(ContinualBackpropagation)], (model, generator) => Continual(Adam(model), model, generator)),
        ["redo around dopr"] = ([typeof(ReDo), typeof(DoPr)], (model, generator) => Renewed(new DoPr(Adam(model), model), model, generator)),
        ["dopr around continual-backpropagation"] = ([typeof(DoPr)],
            (model, generator) => new DoPr(Continual(new SGD(model.Parameters(), 0.05, momentum: 0.9), model, generator), model)),
        ["everything"] = ([typeof(DoPr)], (model, generator) => Continual(
            Renewed(Perturbed(new L2Init(new DoPr(new AdamO(model.Parameters(), 0.01, Penalty), model, new DoPrOptions { MovingAverage = 0.8 }), 1e-2),
            generator), model, generator), model, generator)),
    };

    private static IsometryOptions Penalty => new() { Strength = 0.1, Interval = 3 };

    public static TheoryData<string> Names => [.. Cases.Keys];

    /// <summary>The classes that have a case.</summary>
    public static IEnumerable<Type> Covered => Cases.Values.SelectMany(entry => entry.Types).Distinct();

    public static Optimizer Make(string name, Module model, Philox generator) => Cases[name].Make(model, generator);

    /// <summary>A chain of layers, as the methods that replace units take it, with everything that a model may remember.</summary>
    public static Sequential Network(ulong seed)
    {
        var model = new Sequential(
            new Linear(3, 8), new BatchNorm1d(8), new ReLU(), new Dropout(0.25), new Linear(8, 6), new ReLU(), new Linear(6, 5), new ReLU(), new Linear(5, 2));
        _ = model.Initialize(new Philox(seed));
        return model;
    }

    private static AdamW Adam(Module model) => new(model.Parameters(), 0.01);

    private static ShrinkAndPerturb Perturbed(Optimizer inner, Philox generator) => new(inner, generator, new ShrinkAndPerturbOptions { Interval = 3 });

    private static ReDo Renewed(Optimizer inner, Module model, Philox generator) =>
        new(inner, model, generator, new ReDoOptions { Interval = 4, Threshold = 0.5 });

    private static ContinualBackpropagation Continual(Optimizer inner, Module model, Philox generator) =>
        new(inner, model, generator, new ContinualBackpropagationOptions { ReplacementRate = 0.03, Maturity = 3 });
}
