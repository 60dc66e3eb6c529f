using Kappa.Diagnostics;
using Kappa.Isometry;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Isometry;

public sealed class RevivalTests
{
    private const int Width = 32;
    private const int Killed = 8;
    private const int Networks = 4;

    [Fact]
    public void Dead_units_wake_up_under_AdamO_and_not_under_AdamW()
    {
        // A dead unit has no task gradient; the penalty couples its weights to those of the others.
        Assert.Equal(0, ShareAwake(parameters => new AdamW(parameters, 1e-3)));
        Assert.Equal(0, ShareAwake(parameters => new AdamO(parameters, 1e-3, new IsometryOptions { Strength = 0 })));
        // Rounding decides the trajectory, and a unit may be silent at its end: over ten networks 78% and 88% were awake.
        Assert.InRange(ShareAwake(parameters => new AdamO(parameters, 1e-3, new IsometryOptions { Strength = 1 })), 0.6, 1);
        Assert.InRange(ShareAwake(parameters => new AdamO(parameters, 1e-3, new IsometryOptions { Strength = 10, Interval = 10 })), 0.6, 1);
    }

    private static double ShareAwake(Func<IReadOnlyList<Parameter>, Optimizer> make) =>
        Enumerable.Range(3, Networks).Sum(seed => AwakeAfterTraining(make, (ulong)seed)) / (double)(Networks * Killed);

    private static int AwakeAfterTraining(Func<IReadOnlyList<Parameter>, Optimizer> make, ulong seed)
    {
        var second = new Linear(Width, Width);
        var model = new Sequential(new Linear(10, Width), new ReLU(), second, new ReLU(), new Linear(Width, 1));
        var generator = new Philox(seed);
        _ = model.Initialize(generator);
        var inputs = Tensor.Normal([256, 10], generator);
        var targets = Tensor.Normal([256, 1], generator);
        // What feeds the layer is never negative: with negative weights and bias, a unit is silent whatever the input.
        var weights = second.Weight.Values<float>();
        for (int i = 0; i < Killed * Width; i++)
            weights[i] = -Math.Abs(weights[i]) - 0.01f;
        second.Bias!.Values<float>()[..Killed].Clear();
        Assert.Equal(Killed, Dead(model, inputs));
        var optimizer = make(model.Parameters());
        for (int step = 0; step < 1000; step++)
        {
            using var scope = TensorScope.Begin();
            Loss.MeanSquaredError(model.Forward(inputs), targets).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        return Killed - Dead(model, inputs);
    }

    private static int Dead(Module model, Tensor inputs) =>
        DormantUnits.Measure(model, inputs).Single(activity => activity.Layer == "3").Scores.Take(Killed).Count(score => score == 0);
}
