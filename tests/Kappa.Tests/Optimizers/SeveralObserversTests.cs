using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Plasticity;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Optimizers;

/// <summary>DoPr and methods that watch units on the same weights: each sees what it would see alone, in whatever order they come.</summary>
public sealed class SeveralObserversTests
{
    private static readonly ContinualBackpropagationOptions Counting = new() { ReplacementRate = 0, UtilityDecay = 0.5 };

    public static TheoryData<string, PreconditioningForm, int> Networks => new()
    {
        { "dense", PreconditioningForm.Dual, 1 },
        { "dense", PreconditioningForm.Primal, 1 },
        { "dense", PreconditioningForm.Automatic, 3 },
        { "convolution", PreconditioningForm.Dual, 1 },
        { "convolution", PreconditioningForm.Primal, 2 },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_watcher_does_not_change_what_DoPr_makes_of_the_gradient(string network, PreconditioningForm form, int batches)
    {
        var (alone, watched, watchedBefore) = (Run(null), Run(false), Run(true));
        Assert.Equal(alone, watched);
        Assert.Equal(alone, watchedBefore);

        float[] Run(bool? watchFirst)
        {
            var model = Network(network);
            Optimizer optimizer = new SGD(model.Parameters(), 0.05, momentum: 0.9);
            if (watchFirst is true)
                optimizer = Watched(optimizer, model);
            optimizer = new DoPr(optimizer, model, new DoPrOptions { Form = form, IncludeBias = true });
            if (watchFirst is false)
                optimizer = Watched(optimizer, model);
            Train(model, optimizer, network, batches);
            return Values(model);
        }

        Optimizer Watched(Optimizer inner, Module model) =>
            new ReDo(new ContinualBackpropagation(inner, model, new Philox(1), Counting), model, new Philox(1), new ReDoOptions { Interval = 1_000 });
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void DoPr_does_not_change_what_a_watcher_sees(string network, PreconditioningForm form, int batches)
    {
        // A learning rate of zero: the activations are the same with DoPr and without.
        var (alone, before, after) = (Run(null), Run(true), Run(false));
        Assert.Contains(alone, utility => utility > 0);
        Assert.Equal(alone, before);
        Assert.Equal(alone, after);

        double[] Run(bool? preconditionFirst)
        {
            var model = Network(network);
            Optimizer optimizer = new SGD(model.Parameters(), 0);
            if (preconditionFirst is true)
                optimizer = new DoPr(optimizer, model, new DoPrOptions { Form = form });
            optimizer = new ContinualBackpropagation(optimizer, model, new Philox(1), Counting);
            if (preconditionFirst is false)
                optimizer = new DoPr(optimizer, model, new DoPrOptions { Form = form });
            Train(model, optimizer, network, batches);
            return [.. optimizer.State().Tensors.Where(entry => entry.Key.EndsWith(".unit_utility", StringComparison.Ordinal))
                .SelectMany(entry => entry.Value.ToArray<double>())];
        }
    }

    [Fact]
    public void Units_are_replaced_alike_whether_DoPr_is_inside_or_around()
    {
        var (inside, around) = (Run(true), Run(false));
        Assert.True(inside.Replaced > 0);
        Assert.Equal(inside.Replaced, around.Replaced);
        Assert.Equal(inside.Values, around.Values);

        (float[] Values, long Replaced) Run(bool isInside)
        {
            var model = Network("dense");
            Optimizer optimizer = new AdamW(model.Parameters(), 0.01);
            if (isInside)
                optimizer = new DoPr(optimizer, model);
            var redo = new ReDo(optimizer, model, new Philox(1), new ReDoOptions { Interval = 2, Threshold = 0.6 });
            optimizer = isInside ? redo : new DoPr(redo, model);
            Train(model, optimizer, "dense", 1);
            return (Values(model), redo.ReplacedCount);
        }
    }

    [Fact]
    public void One_that_leaves_lets_the_others_go_on()
    {
        var model = Network("dense");
        var weight = ((Linear)model.Children[2].Module).Weight;
        var adam = new AdamW(model.Parameters());
        var dopr = new DoPr(adam, model);
        var first = new ReDo(dopr, model, new Philox(1));
        var second = new ContinualBackpropagation(first, model, new Philox(1), Counting);
        first.Dispose();
        first.Dispose();
        Train(model, second, "dense", 1);
        Assert.Contains(second.State().Tensors["0.weight.unit_utility"].ToArray<double>(), utility => utility > 0);
        Assert.All(dopr.Layers, layer => Assert.True(layer.Rows > 0));
        var error = Assert.Throws<ArgumentException>(() => new DoPr(second, model));
        Assert.StartsWith(
            "0.weight is preconditioned by another DoPr. Dispose that one first, or let the selections differ", error.Message, StringComparison.Ordinal);
        dopr.Dispose();
        using (new DoPr(second, model))
            Assert.NotNull(weight.Observer);
        second.Dispose();
        Assert.All(model.Parameters(), parameter => Assert.Null(parameter.Tensor.Observer));
    }

    private static Sequential Network(string name)
    {
        var model = name == "dense"
            ? new Sequential(new Linear(3, 8), new ReLU(), new Linear(8, 6), new ReLU(), new Linear(6, 2))
            : new Sequential(
                new Conv2d(1, 4, 3, padding: 1), new ReLU(), new Conv2d(4, 3, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(12, 2));
        _ = model.Initialize(new Philox(4));
        return model;
    }

    private static void Train(Module model, Optimizer optimizer, string network, int batches)
    {
        for (int step = 0; step < 8; step++)
        {
            using var scope = TensorScope.Begin();
            for (int batch = 0; batch < batches; batch++)
            {
                var x = Tensor.Normal(network == "dense" ? [7, 3] : [5, 1, 4, 4], new Philox(9).Split(step).Split(batch));
                var y = model.Forward(x);
                Loss.MeanSquaredError(y, Tensor.Normal(y.Shape, new Philox(10).Split(step).Split(batch))).Backward();
            }

            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    private static float[] Values(Module model) => [.. model.Parameters().SelectMany(parameter => parameter.Tensor.ToArray<float>())];
}
