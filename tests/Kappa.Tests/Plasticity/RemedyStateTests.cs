using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Randomness;
using Kappa.Tests.Checkpoints;

namespace Kappa.Tests.Plasticity;

public sealed class RemedyStateTests
{
    [Theory]
    [MemberData(nameof(RemedyRun.Names), MemberType = typeof(RemedyRun))]
    public void An_interrupted_run_goes_on_to_the_same_bits(string remedy)
    {
        using var folder = new TemporaryFolder();
        var whole = new RemedyRun(remedy, seed: 5);
        whole.Train(25);

        var first = new RemedyRun(remedy, seed: 5);
        // ReDo is due in the next step.
        first.Train(16);
        _ = Checkpoint.Save(folder.Path, 16, first.Model, first.Optimizer, first.Generator.State);

        var second = new RemedyRun(remedy, seed: 5);
        // What the new process did before it loaded must leave no trace.
        second.Train(2);
        var checkpoint = Checkpoint.LoadLatest(folder.Path, second.Model, second.Optimizer)!;
        second.Generator = Philox.FromState(checkpoint.Generator);
        second.Train(9);
        Assert.Equal(whole.Values(), second.Values());
    }

    [Theory]
    [MemberData(nameof(RemedyRun.Names), MemberType = typeof(RemedyRun))]
    public void A_remedy_changes_what_is_learned_and_equal_seeds_give_equal_bits(string remedy)
    {
        var plain = new RemedyRun("l2", seed: 5);
        var bare = new AdamW(plain.Model.Parameters(), 0.01) { MaxGradientNorm = 0.5 };
        var run = new RemedyRun(remedy, seed: 5);
        var twin = new RemedyRun(remedy, seed: 5);
        run.Train(12);
        twin.Train(12);
        for (int i = 0; i < 12; i++)
        {
            using var scope = Kappa.Tensors.TensorScope.Begin();
            var x = Kappa.Tensors.Tensor.Normal([8, 3], plain.Generator);
            var y = Kappa.Tensors.Tensor.Normal([8, 2], plain.Generator);
            Loss.MeanSquaredError(plain.Model.Forward(x), y).Backward();
            bare.Step();
            bare.ZeroGrad();
        }

        Assert.Equal(run.Values(), twin.Values());
        Assert.NotEqual(plain.Values(), run.Values());
    }

    [Fact]
    public void A_model_without_units_that_can_be_followed_is_rejected_with_the_reason_for_each_layer()
    {
        var model = new Sequential(new Linear(4, 4), new MaxMin(), new Linear(4, 2));
        var error = Assert.Throws<ArgumentException>(() => new ReDo(new AdamW(model.Parameters()), model, new Philox(1)));
        Assert.Contains("0: its units are joined with others", error.Message, StringComparison.Ordinal);
        Assert.Contains("2: it is an output of the network", error.Message, StringComparison.Ordinal);
        var picture = new Sequential(new Conv2d(1, 2, 1), new Flatten(), new Linear(2 * 3, 2));
        error = Assert.Throws<ArgumentException>(() => new ReDo(new AdamW(picture.Parameters()), picture, new Philox(1)));
        Assert.Contains("ReDoOptions.InputShape", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_out_of_range_are_rejected_by_name()
    {
        var model = RemedyRun.Network();
        var adam = new AdamW(model.Parameters());
        Assert.Contains("L2.Strength", Assert.Throws<ArgumentOutOfRangeException>(() => new L2(adam, -1)).Message, StringComparison.Ordinal);
        Assert.Contains("L2Init.Strength", Assert.Throws<ArgumentOutOfRangeException>(() => new L2Init(adam, double.NaN)).Message, StringComparison.Ordinal);
        Assert.Contains("Power", Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralRegularizationOptions { Power = 0 }.Validate()).Message,
            StringComparison.Ordinal);
        Assert.Contains("Iterations", Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralRegularizationOptions { Iterations = 0 }.Validate()).Message,
            StringComparison.Ordinal);
        Assert.Contains("Shrinkage", Assert.Throws<ArgumentOutOfRangeException>(() => new ShrinkAndPerturbOptions { Shrinkage = 1.5 }.Validate()).Message,
            StringComparison.Ordinal);
        Assert.Contains("Interval", Assert.Throws<ArgumentOutOfRangeException>(() => new ShrinkAndPerturbOptions { Interval = 0 }.Validate()).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "Threshold", Assert.Throws<ArgumentOutOfRangeException>(() => new ReDoOptions { Threshold = 1 }.Validate()).Message, StringComparison.Ordinal);
        Assert.Contains(
            "Interval", Assert.Throws<ArgumentOutOfRangeException>(() => new ReDoOptions { Interval = 0 }.Validate()).Message, StringComparison.Ordinal);
        Assert.Contains(
            "ReplacementRate", Assert.Throws<ArgumentOutOfRangeException>(() => new ContinualBackpropagationOptions { ReplacementRate = 2 }.Validate()).Message,
            StringComparison.Ordinal);
        Assert.Contains("Maturity", Assert.Throws<ArgumentOutOfRangeException>(() => new ContinualBackpropagationOptions { Maturity = -1 }.Validate()).Message,
            StringComparison.Ordinal);
    }
}
