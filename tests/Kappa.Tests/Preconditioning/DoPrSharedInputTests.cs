using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Preconditioning;

/// <summary>Layers that see one input, as query, key and value do, share S and its factor; the bits are those of layers that do not.</summary>
public class DoPrSharedInputTests
{
    public static TheoryData<PreconditioningForm, bool, double, int> Settings => new()
    {
        { PreconditioningForm.Primal, false, 0, 1 },
        { PreconditioningForm.Primal, true, 0, 1 },
        { PreconditioningForm.Primal, false, 0.7, 1 },
        { PreconditioningForm.Primal, true, 0.7, 3 },
        { PreconditioningForm.Primal, false, 0, 2 },
        { PreconditioningForm.Dual, false, 0, 1 },
        { PreconditioningForm.Dual, true, 0, 1 },
        { PreconditioningForm.Automatic, false, 0, 1 },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Sharing_does_not_change_a_bit(PreconditioningForm form, bool bias, double movingAverage, int refresh)
    {
        foreach (bool isBeside in refresh == 1 ? new[] { false } : [false, true])
        {
            SharingDoesNotChangeABit(new DoPrOptions
            {
                Form = form, IncludeBias = bias, MovingAverage = movingAverage, RefreshInterval = refresh, AsynchronousRefresh = isBeside,
            });
        }
    }

    private static void SharingDoesNotChangeABit(DoPrOptions options)
    {
        foreach (int microBatches in new[] { 1, 3 })
        {
            // One DoPr for each layer cannot share anything.
            float[] apart = Train(options, microBatches, shared: true, apart: true);
            Assert.Equal(apart, Train(options, microBatches, shared: true, apart: false));
            Assert.Equal(apart, Train(options, microBatches, shared: false, apart: false));
        }
    }

    [Fact]
    public void The_second_moment_of_a_shared_input_is_formed_once_in_each_micro_batch()
    {
        var model = new Three(5);
        var group = new LayerGroup();
        var layers = model.Modules().Select(entry => entry.Module).OfType<Linear>()
            .Select((linear, index) => new LayerPreconditioner(
                $"{index}", linear.Weight, linear.Bias, new DoPrOptions { Form = PreconditioningForm.Primal }, group)).ToList();
        layers.ForEach(layer => layer.Attach());
        for (int part = 0; part < 2; part++)
            model.Forward(Tensor.Normal([9, 5], new Philox(1).Split(part))).Sum().Backward();
        // In each pass one for the three, and one for the layer behind.
        Assert.Equal(4, group.Sums.Formed);
        // A copy of the input is another input.
        model.IsShared = false;
        foreach (var layer in layers)
            layer.Detach();
        layers.ForEach(layer => layer.Attach());
        foreach (var parameter in model.Parameters())
            parameter.Tensor.ZeroGrad();
        model.Forward(Tensor.Normal([9, 5], new Philox(1))).Sum().Backward();
        Assert.Equal(8, group.Sums.Formed);
        layers.ForEach(layer => layer.Detach());
    }

    [Fact]
    public void An_input_whose_memory_was_written_to_between_passes_is_another_input()
    {
        // The first layer is used in the first pass, the second in the second one, with one tensor that changed between.
        var (first, second) = (new Linear(4, 2, type: DataType.Float64), new Linear(4, 2, type: DataType.Float64));
        var model = new Sequential(first, second);
        using var optimizer = new DoPr(new SGD(model.Parameters(), 0.1), model, new DoPrOptions { Form = PreconditioningForm.Primal });
        var x = Tensor.Normal([6, 4], new Philox(1), type: DataType.Float64);
        var changed = Tensor.Normal([6, 4], new Philox(2), type: DataType.Float64);
        first.Forward(x).Square().Sum().Backward();
        x.CopyFromInPlace(changed);
        second.Forward(x).Square().Sum().Backward();
        double[] actual = second.Weight.Gradient!.ToArray<double>();

        var twin = new Linear(4, 2, type: DataType.Float64);
        twin.Weight.CopyFromInPlace(second.Weight.Detach());
        twin.Bias!.CopyFromInPlace(second.Bias!.Detach());
        using var alone = new DoPr(new SGD(twin.Parameters(), 0.1), twin, new DoPrOptions { Form = PreconditioningForm.Primal });
        twin.Forward(changed).Square().Sum().Backward();
        Assert.Equal(twin.Weight.Gradient!.ToArray<double>(), actual);
    }

    [Fact]
    public void Several_uses_of_one_layer_add_up_to_one_use_with_all_rows()
    {
        foreach (var form in Enum.GetValues<PreconditioningForm>())
        {
            var x = Tensor.Normal([5, 4], new Philox(1), type: DataType.Float64);
            var y = Tensor.Normal([7, 4], new Philox(2), type: DataType.Float64);
            double[] Gradient(Func<Linear, Tensor> loss)
            {
                var layer = new Linear(4, 3, type: DataType.Float64);
                using var optimizer = new DoPr(new SGD(layer.Parameters(), 0.1), layer, new DoPrOptions { Form = form });
                loss(layer).Backward();
                return layer.Weight.Gradient!.ToArray<double>();
            }

            double[] expected = Gradient(layer => layer.Forward(Tensor.Concat(0, x, y)).Square().Sum());
            double[] actual = Gradient(layer => layer.Forward(x).Square().Sum() + layer.Forward(y).Square().Sum());
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-10);
        }
    }

    [Fact]
    public void In_steady_state_a_step_with_shared_inputs_takes_no_tensor_memory()
    {
        var model = new Three(24);
        using var optimizer = new DoPr(new AdamW(model.Parameters(), 1e-3), model, new DoPrOptions { Form = PreconditioningForm.Primal });
        void Steps(int count)
        {
            for (int step = 0; step < count; step++)
            {
                for (int part = 0; part < 2; part++)
                {
                    using var scope = TensorScope.Begin();
                    model.Forward(Tensor.Normal([40, 24], new Philox(1).Split(step))).Square().Mean().Backward();
                }

                optimizer.Step();
                optimizer.ZeroGrad();
            }
        }

        Steps(5);
        long before = Kappa.Tensors.Memory.StoragePool.AllocatedBytes;
        Steps(30);
        Assert.Equal(before, Kappa.Tensors.Memory.StoragePool.AllocatedBytes);
    }

    private static float[] Train(DoPrOptions options, int microBatches, bool shared, bool apart)
    {
        var model = new Three(6) { IsShared = shared };
        Optimizer optimizer = new AdamW(model.Parameters(), 1e-2);
        foreach (string part in apart ? (string[])["query", "key", "value", "output"] : [""])
            optimizer = new DoPr(optimizer, model, options with { Filter = name => name.StartsWith(part, StringComparison.Ordinal) });
        for (int step = 0; step < 8; step++)
        {
            for (int part = 0; part < microBatches; part++)
            {
                using var scope = TensorScope.Begin();
                var generator = new Philox(100).Split((step * 10) + part);
                // The key sees fewer micro-batches than the others, so that its sum stays behind.
                model.UsesKey = part != 1;
                model.Forward(Tensor.Normal([11, 6], generator)).Square().Mean().Backward();
            }

            optimizer.Step();
            optimizer.ZeroGrad();
        }

        return [.. model.StateDict().SelectMany(entry => entry.Value.ToArray<float>())];
    }

    /// <summary>Three projections of one input, multiplied, and a fourth behind.</summary>
    private sealed class Three : Module
    {
        private readonly Linear _query;
        private readonly Linear _key;
        private readonly Linear _value;
        private readonly Linear _output;

        internal Three(int width)
        {
            _query = RegisterModule("query", new Linear(width, width));
            _key = RegisterModule("key", new Linear(width, 3));
            _value = RegisterModule("value", new Linear(width, width));
            _output = RegisterModule("output", new Linear(width, 2));
        }

        /// <summary>Whether the three see one tensor, or copies of it.</summary>
        internal bool IsShared { get; set; } = true;

        internal bool UsesKey { get; set; } = true;

        protected override Tensor ForwardCore(Tensor input)
        {
            Tensor Seen() => IsShared ? input : input.Clone();
            var result = _output.Forward(_query.Forward(Seen()) * _value.Forward(Seen()).Tanh()).Tanh();
            return UsesKey ? result + _key.Forward(Seen()).Square().Sum() : result;
        }
    }
}
