using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Optimizers;

/// <summary>A run that takes everything from its seed: two layers, batches drawn at each step, a schedule, clipping.</summary>
internal sealed class SmallRun
{
    public SmallRun(string optimizer, ulong seed)
    {
        Generator = new Philox(seed);
        Model = new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 2));
        _ = Model.Initialize(Generator);
        string inner = optimizer.StartsWith("dopr-", StringComparison.Ordinal) ? optimizer[5..] : optimizer;
        Optimizer = OptimizerCases.Make(inner, Model.Parameters());
        if (inner != optimizer)
            Optimizer = new DoPr(Optimizer, Model);
        Optimizer.Schedule = LearningRateSchedule.WarmupCosine(3, 20);
        Optimizer.MaxGradientNorm = 0.5;
    }

    public Sequential Model { get; }

    public Optimizer Optimizer { get; }

    public Philox Generator { get; set; }

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
