using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Plasticity;

/// <summary>When ReDo and continual backpropagation replace which unit, on units whose magnitudes are set by hand: the input is 1, so that a unit's activation
/// is its weight. Nothing learns.</summary>
public sealed class UnitRuleTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(0.0078125)]
    public void ReDo_holds_a_unit_against_the_mean_of_its_layer_and_takes_the_threshold_itself_as_dormant(double size)
    {
        // Means of 4 and 4.125: half of them is 2, and a little more.
        foreach (var (last, outgoing) in ((double, double[])[])[(2, [1, 1, 0, 0]), (2.5, [1, 1, 0, 1])])
        {
            var model = Make([7 * size, 5 * size, 2 * size, last * size], [1, 1, 1, 1]);
            using var redo = new ReDo(new SGD(model.Parameters(), 0), model, new Philox(9), new ReDoOptions { Interval = 1, Threshold = 0.5 });
            Step(model, redo, 2);
            Assert.Equal(outgoing, Outgoing(model));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_replaced_unit_starts_without_momentum_and_the_others_keep_theirs(bool nesterov)
    {
        var model = Make([7, 5, 0.01, 4], [1, 2, 3, 4]);
        var sgd = new SGD(model.Parameters(), 0, momentum: 0.9, nesterov: nesterov);
        using var redo = new ReDo(sgd, model, new Philox(9), new ReDoOptions { Interval = 1 });
        Step(model, redo, 2);
        var state = sgd.State().Tensors;
        foreach (string name in (string[])["0.weight.momentum", "0.bias.momentum", "2.weight.momentum"])
            Assert.Equal([true, true, false, true], state[name].ToArray<double>().Select(value => value != 0));
    }

    [Fact]
    public void A_unit_is_safe_for_as_many_steps_as_the_maturity_and_again_after_it_was_replaced_with_other_weights()
    {
        var model = Make([1, 2, 3, 4], [1, 1, 1, 1]);
        using var optimizer = new ContinualBackpropagation(
            new SGD(model.Parameters(), 0), model, new Philox(9), new ContinualBackpropagationOptions { ReplacementRate = 1, Maturity = 2 });
        var counts = new List<long>();
        var weights = new List<double[]>();
        for (int step = 0; step < 7; step++)
        {
            Step(model, optimizer, 1);
            counts.Add(optimizer.ReplacedCount);
            weights.Add(model.Parameters()[0].Tensor.ToArray<double>());
        }

        Assert.Equal([0L, 0, 4, 4, 4, 8, 8], counts);
        Assert.All(weights[2].Zip(weights[5]), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    [Fact]
    public void What_is_due_in_part_is_carried_to_the_next_step()
    {
        var model = Make([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1]);
        using var optimizer = new ContinualBackpropagation(
            new SGD(model.Parameters(), 0), model, new Philox(9), new ContinualBackpropagationOptions { ReplacementRate = 0.25, Maturity = 0 });
        var counts = new List<long>();
        for (int step = 0; step < 4; step++)
        {
            Step(model, optimizer, 1);
            counts.Add(optimizer.ReplacedCount);
        }

        // 1.5 units in each step.
        Assert.Equal([1L, 3, 4, 6], counts);
    }

    [Fact]
    public void A_young_unit_is_not_held_to_be_useless_because_its_mean_began_at_zero()
    {
        var model = Make([1, 1, 1], [1, 5, 8]);
        var options = new ContinualBackpropagationOptions { ReplacementRate = 1.0 / 24, Maturity = 1, UtilityDecay = 0.99 };
        using var optimizer = new ContinualBackpropagation(new SGD(model.Parameters(), 0), model, new Philox(9), options);
        while (optimizer.ReplacedCount < 1)
            Step(model, optimizer, 1);
        Assert.Equal([0, 5, 8], Outgoing(model));
        // From here on it is more useful than the second one; its mean without the correction for its age is not.
        model.Parameters()[0].Tensor.Values<double>()[0] = 1;
        model.Parameters()[2].Tensor.Values<double>()[0] = 6;
        while (optimizer.ReplacedCount < 2)
            Step(model, optimizer, 1);
        Assert.Equal([6, 0, 8], Outgoing(model));
    }

    private static Sequential Make(double[] incoming, double[] outgoing)
    {
        const DataType Type = DataType.Float64;
        var model = new Sequential(new Linear(1, incoming.Length, type: Type), new ReLU(), new Linear(incoming.Length, 1, type: Type));
        _ = model.Initialize(new Philox(4));
        incoming.CopyTo(model.Parameters()[0].Tensor.Values<double>());
        model.Parameters()[1].Tensor.Values<double>().Clear();
        outgoing.CopyTo(model.Parameters()[2].Tensor.Values<double>());
        return model;
    }

    private static void Step(Module model, Optimizer optimizer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            using var scope = TensorScope.Begin();
            model.Forward(Tensor.Ones([2, 1], DataType.Float64)).Square().Mean().Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    private static double[] Outgoing(Module model) => model.Parameters()[2].Tensor.ToArray<double>();
}
