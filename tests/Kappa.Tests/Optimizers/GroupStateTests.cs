using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Checkpoints;

namespace Kappa.Tests.Optimizers;

/// <summary>The settings of parameter groups in a state: by the names of parameters, whatever the order.</summary>
public sealed class GroupStateTests
{
    [Theory]
    [MemberData(nameof(OptimizerCases.Names), MemberType = typeof(OptimizerCases))]
    public void Groups_in_another_order_keep_their_own_rates_and_decays(string name)
    {
        using var folder = new TemporaryFolder();
        var (model, optimizer) = Run(name, seed: 1, reversed: false);
        (optimizer.Groups[0].LearningRateScale, optimizer.Groups[1].LearningRateScale) = (0.25, 3);
        optimizer.Groups[1].WeightDecay = 0.125;
        Train(model, optimizer, 0, 4);
        _ = Checkpoint.Save(folder.Path, 4, model, optimizer, new Philox(1).State);
        var (other, resumed) = Run(name, seed: 2, reversed: true);
        _ = Checkpoint.LoadLatest(folder.Path, other, resumed);
        Assert.Equal([3, 0.25], resumed.Groups.Select(group => group.LearningRateScale));
        Assert.Equal([0.125, null], resumed.Groups.Select(group => group.WeightDecay));
        Train(model, optimizer, 4, 9);
        Train(other, resumed, 4, 9);
        Assert.Equal(Values(model), Values(other));
    }

    [Fact]
    public void Parameters_that_had_the_same_settings_may_be_grouped_otherwise()
    {
        var (_, optimizer) = Run("adamw", seed: 1, reversed: false);
        optimizer.Groups[0].LearningRateScale = optimizer.Groups[1].LearningRateScale = 0.5;
        var single = new AdamW(StatefulOptimizers.Network(2).Parameters());
        single.Load(optimizer.State());
        Assert.Equal(0.5, single.Groups[0].LearningRateScale);
    }

    [Fact]
    public void Parameters_that_had_different_settings_do_not_fit_into_one_group()
    {
        var (_, optimizer) = Run("adamw", seed: 1, reversed: false);
        optimizer.Groups[0].LearningRateScale = 0.5;
        optimizer.Groups[1].WeightDecay = 0.25;
        var single = new AdamW(StatefulOptimizers.Network(2).Parameters(), 0.125);
        var error = Assert.Throws<ArgumentException>(() => single.Load(optimizer.State()));
        Assert.StartsWith(
            "the state has a learning-rate scale of 0.5 for 0.weight and a learning-rate scale of 1 and a weight decay of 0.25 for 4.weight, which are in one "
            + "group here: group them as they were when the state was written. Nothing was changed",
            error.Message, StringComparison.Ordinal);
        Assert.Equal(0.125, single.LearningRate);
    }

    [Theory]
    [InlineData(1, 0.5, 0.5, true)]
    [InlineData(2, 0.5, 0.5, true)]
    [InlineData(2, 0.5, 2, false)]
    public void A_state_that_numbers_its_groups_is_taken_where_all_had_the_same(int groups, double first, double second, bool isTaken)
    {
        var (_, optimizer) = Run("adamw", seed: 1, reversed: false);
        var written = optimizer.State();
        var old = new OptimizerState(written.Kind);
        foreach (var (name, value) in written.Numbers.Where(entry => !entry.Key.EndsWith(".learning_rate_scale", StringComparison.Ordinal)))
            old.Add(name, value);
        foreach (var (name, tensor) in written.Tensors)
            old.Tensors.Add(name, tensor);
        for (int i = 0; i < groups; i++)
        {
            old.Add($"group.{i}.learning_rate_scale", i == 0 ? first : second);
            old.Add($"group.{i}.weight_decay", 0.25);
        }

        var (_, other) = Run("adamw", seed: 2, reversed: true);
        if (!isTaken)
        {
            Assert.Contains("does not say which parameters they held. Load the model alone, and start the optimizer anew",
                Assert.Throws<ArgumentException>(() => other.Load(old)).Message, StringComparison.Ordinal);
            return;
        }

        other.Load(old);
        Assert.All(other.Groups, group => Assert.Equal((0.5, 0.25), (group.LearningRateScale, group.WeightDecay)));
    }

    private static (Sequential Model, Optimizer Optimizer) Run(string name, ulong seed, bool reversed)
    {
        var model = StatefulOptimizers.Network(seed);
        var parameters = model.Parameters();
        ParameterGroup[] groups = [new([.. parameters.Take(4)]), new([.. parameters.Skip(4)])];
        if (reversed)
            groups = [new([.. groups[1].Parameters.Reverse()]), new([.. groups[0].Parameters.Reverse()])];
        return (model, name switch
        {
            "sgd" => new SGD(groups, 0.1),
            "sgd-momentum" => new SGD(groups, 0.05, momentum: 0.9, weightDecay: 1e-4),
            "sgd-nesterov" => new SGD(groups, 0.05, momentum: 0.9, nesterov: true),
            "sgd-dampened" => new SGD(groups, 0.2, momentum: 0.8, dampening: 0.5),
            "signum" => new Signum(groups, 0.02),
            "muon" or "muon-moonshot" or "muon-polar-express" => new Muon(groups, 0.02, new MuonOptions { Matrices = MuonMatrices.All }),
            "adamuon" => new AdaMuon(groups, 0.02, new AdaMuonOptions { Matrices = MuonMatrices.All }),
            _ => new AdamW(groups, 0.01),
        });
    }

    private static void Train(Sequential model, Optimizer optimizer, int from, int to)
    {
        for (int step = from; step < to; step++)
        {
            using var scope = TensorScope.Begin();
            Loss.MeanSquaredError(model.Forward(Tensor.Normal([8, 3], new Philox(9).Split(step))), Tensor.Normal([8, 2], new Philox(10).Split(step)))
                .Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    private static float[] Values(Sequential model) => [.. model.Parameters().SelectMany(parameter => parameter.Tensor.ToArray<float>())];
}
