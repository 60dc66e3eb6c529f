using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Optimizers;

namespace Kappa.Tests.Tensors.Devices;

/// <summary>A checkpoint that is written from one device and read onto another: the same bits, whoever writes it again.</summary>
internal static class CheckpointMoves
{
    /// <summary>From the host to a device and back, and the reverse; and training goes on there.</summary>
    internal static void Require(string optimizer, Device device, string folder)
    {
        foreach (var (from, to) in new[] { (Device.Cpu, device), (device, Device.Cpu), (device, device) })
        {
            string name = $"{from.Name}-{to.Name}".Replace(':', '-');
            string first = Path.Combine(folder, name, "first"), second = Path.Combine(folder, name, "second");
            var (model, written) = Make(optimizer, from);
            Train(model, written);
            Save(first, model, written);
            var (other, read) = Make(optimizer, to);
            Train(other, read);
            _ = Checkpoint.LoadLatest(first, other, read);
            Assert.All(other.Parameters(), parameter => Assert.Equal(to, parameter.Tensor.Device));
            Save(second, other, read);
            foreach (string file in (string[])["model.safetensors", "optimizer.safetensors", "state.json"])
                Assert.Equal(File.ReadAllBytes(Directory.GetFiles(first, file, SearchOption.AllDirectories).Single()),
                    File.ReadAllBytes(Directory.GetFiles(second, file, SearchOption.AllDirectories).Single()));
            // What goes on elsewhere drifts apart by rounding: of biases before a normalisation the gradient is nothing else.
            Train(model, written);
            Train(other, read);
            foreach (var (here, there) in model.Parameters().Zip(other.Parameters()))
            {
                float[] values = there.Tensor.ToArray<float>();
                Assert.All(values, value => Assert.True(float.IsFinite(value)));
                if (from == to)
                    Assert.Equal(here.Tensor.ToArray<float>(), values);
            }
        }
    }

    private static (Module Model, Optimizer Optimizer) Make(string name, Device device)
    {
        var model = StatefulOptimizers.Network(7).To(device);
        return (model, StatefulOptimizers.Make(name, model, new Philox(2).Split("method")));
    }

    private static void Save(string folder, Module model, Optimizer optimizer) => Checkpoint.Save(folder, 5, model, optimizer, new Philox(1).State);

    private static void Train(Module model, Optimizer optimizer)
    {
        var generator = new Philox(9);
        for (int i = 0; i < 5; i++)
        {
            using var scope = TensorScope.Begin();
            var (x, y) = (Tensor.Normal([8, 3], generator).On(model.Device), Tensor.Normal([8, 2], generator).On(model.Device));
            Loss.MeanSquaredError(model.Forward(x), y).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }
}
