using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Preconditioning;

/// <content>What is kept from step to step.</content>
public sealed partial class DoPrTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.9, 1)]
    [InlineData(0.5, 3)]
    [InlineData(0.5, 2, true)]
    [InlineData(0, 3, true)]
    public void A_run_resumed_from_its_state_continues_to_the_same_bits(double movingAverage, int refresh, bool isBeside = false)
    {
        var options = new DoPrOptions { MovingAverage = movingAverage, RefreshInterval = refresh, AsynchronousRefresh = isBeside };
        var (model, optimizer) = Fresh(options);
        Steps(model, optimizer, 0, 7);
        var weights = Copy(model.StateDict());
        var state = Copy(optimizer.State());
        Steps(model, optimizer, 7, 9);

        var (resumed, other) = Fresh(options);
        resumed.LoadStateDict(weights);
        other.Load(state);
        Steps(resumed, other, 7, 9);
        foreach (var (name, tensor) in model.StateDict())
            Assert.Equal(tensor.ToArray<float>(), resumed.StateDict()[name].ToArray<float>());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_factor_that_is_computed_beside_the_steps_is_used_from_the_next_refresh_on(int interval)
    {
        var options = new DoPrOptions { RefreshInterval = interval, AsynchronousRefresh = true };
        var model = Model(5, 3);
        using var optimizer = new DoPr(new SGD(model.Parameters(), 0.1), model, options);
        Tensor Inputs(int step) => Anisotropic(8, 5, new Philox((ulong)step));
        for (int step = 0; step < 4 * interval; step++)
        {
            var (z, y) = (Inputs(step), Tensor.Normal([8, 3], new Philox(100 + (ulong)step), type: DataType.Float64));
            optimizer.ZeroGrad();
            Loss.MeanSquaredError(model.Forward(z), y).Backward();
            double[] preconditioned = Doubles(model.Weight.Gradient!);
            // M of the same G, and S of the step that the factor in use is of: the last refresh but one.
            var seen = Inputs(Math.Max(0, ((step / interval) - 1) * interval));
            var s = seen.MatMul(seen, transposeA: true) / 8.0;
            double damping = (options.Gamma * Enumerable.Range(0, 5).Sum(i => s.ElementAsDouble(6 * i)) / 5) + options.Floor;
            var plain = Model(5, 3);
            plain.LoadStateDict(model.StateDict());
            Loss.MeanSquaredError(plain.Forward(z), y).Backward();
            // M (S + tau I) = G.
            var back = model.Weight.Gradient!.MatMul(s) + (model.Weight.Gradient! * damping);
            Assert.All(Doubles(plain.Weight.Gradient!).Zip(Doubles(back)), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
            Assert.All(preconditioned, value => Assert.True(double.IsFinite(value)));
            optimizer.Step();
        }
    }
}
