using System.Diagnostics;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Benchmarks;

/// <summary>The training step through the public API.</summary>
internal sealed class OurTraining
{
    private readonly Sequential _model;
    private readonly Optimizer _optimizer;
    private readonly Tensor _x;
    private readonly Tensor _y;
    private readonly bool _classify;

    internal OurTraining(TrainingCase work, DoPrOptions? options = null)
        : this(work, parameters => new AdamW(parameters, learningRate: 1e-3))
    {
        if (work.Dopr)
            _optimizer = new DoPr(_optimizer, _model, options);
    }

    internal OurTraining(TrainingCase work, Func<IReadOnlyList<Parameter>, Optimizer> optimizer)
    {
        var generator = new Philox(0);
        var modules = new List<Module>();
        for (int i = 0; i + 1 < work.Sizes.Length; i++)
        {
            modules.Add(new Linear(work.Sizes[i], work.Sizes[i + 1]));
            if (i + 2 < work.Sizes.Length)
                modules.Add(new ReLU());
        }

        _model = new Sequential([.. modules]);
        _x = Tensor.Normal([work.Batch, work.Sizes[0]], generator);
        _classify = work.Loss == "crossEntropy";
        _y = _classify
            ? Tensor.From([.. Enumerable.Range(0, work.Batch).Select(_ => generator.NextInt32(work.Sizes[^1]))], [work.Batch])
            : Tensor.Normal([work.Batch, work.Sizes[^1]], generator);
        _optimizer = optimizer(_model.Parameters());
    }

    /// <summary>Runs so many steps and gives the seconds of one.</summary>
    internal double Run(int steps)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
            Step();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
    }

    internal void Step()
    {
        using var scope = TensorScope.Begin();
        var output = _model.Forward(_x);
        var loss = _classify ? Loss.CrossEntropy(output, _y) : Loss.MeanSquaredError(output, _y);
        loss.Backward();
        _optimizer.Step();
        _optimizer.ZeroGrad();
    }
}
