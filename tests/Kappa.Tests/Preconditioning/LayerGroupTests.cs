using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Tensors.Cpu;

namespace Kappa.Tests.Preconditioning;

[Collection(KernelCases.Name)]
public class LayerGroupTests
{
    [Fact]
    public void Layers_factored_side_by_side_have_the_bits_of_one_thread()
    {
        float[]? expected = null;
        foreach (int threads in (int[])[1, 2, 3])
        {
            float[] actual = [];
            KernelCases.WithThreads(threads, () => actual = Train());
            expected ??= actual;
            Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void A_factor_made_while_another_layer_was_read_is_made_anew_after_a_further_use()
    {
        float[] expected = SecondGradient(readFirst: false);
        Assert.Equal(expected, SecondGradient(readFirst: true));
    }

    [Fact]
    public void Large_and_small_layers_of_one_group_do_not_wait_for_each_other()
    {
        var generator = new Philox(5);
        var model = new Sequential(("large", new Linear(320, 4)), ("small", new Linear(20, 4)));
        using var optimizer = new DoPr(new SGD(model.Parameters(), learningRate: 1), model, new DoPrOptions { Form = PreconditioningForm.Dual });
        var layers = model.Modules().Select(entry => entry.Module).OfType<Linear>().ToList();
        (layers[0].Forward(Tensor.Normal([300, 320], generator)).Sum() + layers[1].Forward(Tensor.Normal([10, 20], generator)).Sum()).Backward();
        optimizer.Step();
        Assert.Equal([300L, 10L], optimizer.Layers.Select(layer => layer.Rows));
        Assert.All(optimizer.Layers, layer => Assert.True(layer is { TimesLeftAsIs: 0, Damping: > 0 }));
    }

    private static float[] Train()
    {
        var generator = new Philox(3);
        var model = new Sequential(new Linear(96, 160), new ReLU(), new Linear(160, 160), new ReLU(), new Linear(160, 7));
        using var optimizer = new DoPr(new SGD(model.Parameters(), learningRate: 0.01), model);
        var x = Tensor.Normal([64, 96], generator);
        var y = Tensor.Normal([64, 7], generator);
        for (int step = 0; step < 5; step++)
        {
            Loss.MeanSquaredError(model.Forward(x), y).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        Assert.All(optimizer.Layers, layer => Assert.Equal(PreconditioningForm.Dual, layer.Form));
        return [.. model.Parameters().SelectMany(parameter => parameter.Tensor.Values<float>().ToArray())];
    }

    /// <summary>The gradient of the second layer after two uses of it, the first layer's being read between them or not.</summary>
    private static float[] SecondGradient(bool readFirst)
    {
        var generator = new Philox(4);
        var model = new Sequential(("first", new Linear(12, 5)), ("second", new Linear(12, 5)));
        using var optimizer = new DoPr(new SGD(model.Parameters(), learningRate: 1), model, new DoPrOptions { Form = PreconditioningForm.Dual });
        var layers = model.Modules().Select(entry => entry.Module).OfType<Linear>().ToList();
        var x = Tensor.Normal([6, 12], generator);
        var z = Tensor.Normal([6, 12], generator);
        var y = Tensor.Normal([6, 5], generator);
        Loss.MeanSquaredError(layers[0].Forward(x) + layers[1].Forward(x), y).Backward();
        if (readFirst)
            _ = layers[0].Weight.Gradient;
        Loss.MeanSquaredError(layers[1].Forward(z), y).Backward();
        return layers[1].Weight.Gradient!.Values<float>().ToArray();
    }
}
