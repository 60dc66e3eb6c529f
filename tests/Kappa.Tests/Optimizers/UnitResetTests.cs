using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Units;

namespace Kappa.Tests.Optimizers;

/// <summary>Units that were made new, and what every optimizer forgets of them.</summary>
public sealed class UnitResetTests
{
    private static readonly string[] Forgotten = ["momentum", "first_moment", "second_moment"];

    [Theory]
    [MemberData(nameof(StatefulOptimizers.Names), MemberType = typeof(StatefulOptimizers))]
    public void An_optimizer_forgets_the_moments_of_those_units_and_nothing_else(string name)
    {
        var model = StatefulOptimizers.Network(1);
        var optimizer = StatefulOptimizers.Make(name, model, new Philox(2));
        for (int step = 0; step < 6; step++)
        {
            using var scope = TensorScope.Begin();
            Loss.MeanSquaredError(model.Forward(Tensor.Normal([8, 3], new Philox(9).Split(step))), Tensor.Normal([8, 2], new Philox(10).Split(step)))
                .Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        var before = optimizer.State().Tensors.ToDictionary(entry => entry.Key, entry => Numbers(entry.Value));
        var numbers = optimizer.State().Numbers;
        // Units 1 and 4 of the second of three hidden layers: rows of 4.weight [6, 8], elements of 4.bias, columns of 6.weight [5, 6].
        var layer = new WatchedLayer(HiddenUnits.Of(model).Layers[1]);
        UnitReplacement.Replace(layer, [1, 4], 0.1, optimizer, new Philox(3));
        Assert.Equal(numbers, optimizer.State().Numbers);
        int cleared = 0;
        foreach (var (key, tensor) in optimizer.State().Tensors)
        {
            double[] after = Numbers(tensor);
            for (int i = 0; i < after.Length; i++)
            {
                bool isForgotten = IsOfUnits(key, i);
                Assert.Equal(isForgotten ? 0 : before[key][i], after[i]);
                cleared += isForgotten && before[key][i] != 0 ? 1 : 0;
            }
        }

        Assert.Equal(name == "sgd", cleared == 0);
    }

    [Fact]
    public void A_unit_that_one_method_makes_new_is_young_to_another_one_around_it_and_inside_it()
    {
        foreach (bool isOutside in (bool[])[true, false])
        {
            var model = StatefulOptimizers.Network(1);
            var options = new ContinualBackpropagationOptions { ReplacementRate = 0 };
            var everything = new ReDoOptions { Interval = 3, Threshold = 0.99 };
            var adam = new AdamW(model.Parameters());
            Optimizer optimizer = isOutside
                ? new ContinualBackpropagation(new ReDo(adam, model, new Philox(2), everything), model, new Philox(2), options)
                : new ReDo(new ContinualBackpropagation(adam, model, new Philox(2), options), model, new Philox(2), everything);
            for (int step = 0; step < 4; step++)
            {
                Loss.MeanSquaredError(model.Forward(Tensor.Normal([8, 3], new Philox(9).Split(step))), Tensor.Normal([8, 2], new Philox(10).Split(step)))
                    .Backward();
                optimizer.Step();
                optimizer.ZeroGrad();
            }

            double[] ages = [.. optimizer.State().Tensors.Where(entry => entry.Key.EndsWith(".unit_age", StringComparison.Ordinal))
                .SelectMany(entry => Numbers(entry.Value))];
            double replaced = optimizer.State().Numbers["redo_replaced_units"];
            Assert.InRange(replaced, 1, ages.Length - 1);
            // Around the other method, this step is counted after the unit was made new.
            Assert.Equal(replaced, ages.Count(age => age == (isOutside ? 1 : 0)));
            Assert.Equal(ages.Length - replaced, ages.Count(age => age == 4));
        }
    }

    [Fact]
    public void An_optimizer_that_does_not_say_what_it_forgets_is_refused_when_a_remedy_is_put_around_it()
    {
        var model = StatefulOptimizers.Network(1);
        var error = Assert.Throws<NotSupportedException>(() => new ReDo(new Unaware(model.Parameters()), model, new Philox(1)));
        Assert.StartsWith(
            "Unaware does not say what it forgets when units are made new: override ResetUnitsCore, with an empty body where it remembers nothing",
            error.Message, StringComparison.Ordinal);
        Assert.All(model.Parameters(), parameter => Assert.Null(parameter.Tensor.Observer));
        Assert.Contains(
            "what is kept for the units of w must be [2, 3]; got [3, 2]",
            Assert.Throws<TensorShapeException>(() => UnitReset.Trial.Clear(new Parameter("w", Tensor.Zeros([2, 3])), Tensor.Zeros([3, 2]))).Message,
                StringComparison.Ordinal);
    }

    private static bool IsOfUnits(string key, int index)
    {
        int dot = key.LastIndexOf('.');
        if (dot < 0)
            return false;
        var (parameter, slot) = (key[..dot], key[(dot + 1)..]);
        if (slot is "unit_utility" or "unit_age")
            return parameter == "4.weight" && index is 1 or 4;
        return Forgotten.Contains(slot) && parameter switch
        {
            "4.weight" => index / 8 is 1 or 4,
            "4.bias" => index is 1 or 4,
            "6.weight" => index % 6 is 1 or 4,
            _ => false,
        };
    }

    private static double[] Numbers(Tensor tensor) => [.. Enumerable.Range(0, tensor.Count).Select(tensor.ElementAsDouble)];

    private sealed class Unaware(IReadOnlyList<Parameter> parameters) : Optimizer([new ParameterGroup(parameters)], 0.1)
    {
        protected internal override void StepCore(OptimizerStep step)
        {
        }

        protected internal override void StateCore(OptimizerState state)
        {
        }

        protected internal override void LoadCore(OptimizerState state)
        {
        }
    }
}
