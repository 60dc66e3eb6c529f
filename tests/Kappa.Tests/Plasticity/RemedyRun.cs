using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Plasticity;

/// <summary>A small network under one of the remedies, which takes everything from its seed.</summary>
internal sealed class RemedyRun
{
    public RemedyRun(string remedy, ulong seed)
    {
        Generator = new Philox(seed);
        Model = Network();
        _ = Model.Initialize(Generator);
        Optimizer = Make(remedy, Model, new Philox(seed).Split("remedy"));
        Optimizer.MaxGradientNorm = 0.5;
    }

    public static TheoryData<string> Names => ["l2", "l2-init", "spectral", "shrink-and-perturb", "redo", "continual-backpropagation"];

    public Sequential Model { get; }

    public Optimizer Optimizer { get; }

    public Philox Generator { get; set; }

    public static Sequential Network(DataType type = DataType.Float32) =>
        new(new Linear(3, 8, type: type), new ReLU(), new Linear(8, 6, type: type), new ReLU(), new Linear(6, 2, type: type));

    public static Optimizer Make(string remedy, Module model, Philox generator)
    {
        var adam = new AdamW(model.Parameters(), 0.01);
        return remedy switch
        {
            "l2" => new L2(adam, 1e-2),
            "l2-init" => new L2Init(adam, 1e-2),
            "spectral" => new SpectralRegularization(adam, generator, new SpectralRegularizationOptions { Strength = 1e-2 }),
            "shrink-and-perturb" => new ShrinkAndPerturb(adam, generator, new ShrinkAndPerturbOptions { Interval = 3 }),
            "redo" => new ReDo(adam, model, generator, new ReDoOptions { Interval = 4, Threshold = 0.5 }),
            "continual-backpropagation" =>
            new ContinualBackpropagation(adam, model, generator, new ContinualBackpropagationOptions { ReplacementRate = 0.03, Maturity = 3 }),
            _ => throw new ArgumentException(remedy),
        };
    }

    public void Train(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            using var scope = TensorScope.Begin();
            var x = Tensor.Normal([8, 3], Generator);
            var y = Tensor.Normal([8, 2], Generator);
            Loss.MeanSquaredError(Model.Forward(x), y).Backward();
            Optimizer.Step();
            Optimizer.ZeroGrad();
        }
    }

    public float[][] Values() => [.. Model.Parameters().Select(p => p.Tensor.ToArray<float>())];
}
