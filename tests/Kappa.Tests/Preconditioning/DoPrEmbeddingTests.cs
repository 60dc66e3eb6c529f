using Kappa.Networks;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Preconditioning;

/// <summary>The facts of <see cref="DoPrTests"/> where they apply to a table whose inputs are one-hot: S is diagonal.</summary>
public class DoPrEmbeddingTests
{
    private const int Count = 7;
    private const int Width = 3;

    private static readonly int[] Tokens = [0, 2, 2, 5, 6, 2, 0, 5, 1, 2];

    [Theory]
    [InlineData(DampingRule.RelativeToMean, 0.1, 1e-8, (0.1 / Count) + 1e-8)]
    [InlineData(DampingRule.RelativeToTrace, 0.1, 1e-8, 0.1 + 1e-8)]
    [InlineData(DampingRule.Absolute, 0.3, 0.01, 0.31)]
    [InlineData(DampingRule.RelativeToMean, 0, 0, 0)]
    public void Each_row_of_the_gradient_is_divided_by_the_frequency_of_its_token_and_the_damping(DampingRule rule, double gamma, double floor, double tau)
    {
        foreach (var type in new[] { DataType.Float32, DataType.Float64 })
        {
            double[] plain = Gradient(Tokens, type, null, out _);
            double[] actual = Gradient(Tokens, type, new DoPrOptions { Damping = rule, Gamma = gamma, Floor = floor }, out var status);
            Assert.Equal(tau, status.Damping, 1e-15);
            Assert.Equal(10, status.Rows);
            for (int i = 0; i < plain.Length; i++)
            {
                double frequency = Tokens.Count(token => token == i / Width) / 10.0;
                double expected = frequency == 0 ? 0 : plain[i] / (frequency + tau);
                Assert.Equal(expected, actual[i], type == DataType.Float64 ? 1e-11 : 1e-5);
            }
        }
    }

    [Fact]
    public void A_table_trains_as_the_linear_layer_that_sees_one_hot_inputs_does()
    {
        // The dense S of the linear layer is the diagonal one of the table: two independent ways to one trajectory.
        foreach (var options in new[] { new DoPrOptions(), new DoPrOptions { MovingAverage = 0.7 },
            new DoPrOptions { Form = PreconditioningForm.Primal, Gamma = 0.02 } })
        {
            var embedding = new Embedding(Count, Width, type: DataType.Float64);
            var linear = new Linear(Count, Width, bias: false, type: DataType.Float64);
            linear.Weight.CopyFromInPlace(embedding.Weight.Detach().Transpose());
            using var one = new DoPr(new AdamW(embedding.Parameters(), 0.1), embedding, options);
            using var two = new DoPr(new AdamW(linear.Parameters(), 0.1), linear, options);
            for (int step = 0; step < 6; step++)
            {
                int[] tokens = [.. Tokens.Select(token => (token * (step + 1)) % Count)];
                var target = Tensor.Normal([tokens.Length, Width], new Philox(4).Split(step), type: DataType.Float64);
                Loss.MeanSquaredError(embedding.Forward(Tensor.From(tokens, [tokens.Length])), target).Backward();
                Loss.MeanSquaredError(linear.Forward(OneHot(tokens)), target).Backward();
                one.Step();
                two.Step();
                one.ZeroGrad();
                two.ZeroGrad();
            }

            double[] expected = linear.Weight.Detach().Transpose().ToArray<double>();
            double[] actual = embedding.Weight.ToArray<double>();
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-9);
        }
    }

    [Fact]
    public void One_undamped_gradient_step_on_least_squares_puts_every_token_on_the_mean_of_its_targets()
    {
        var table = new Embedding(Count, Width, type: DataType.Float64);
        double[] before = table.Weight.ToArray<double>();
        var target = Tensor.Normal([Tokens.Length, Width], new Philox(8), type: DataType.Float64);
        using var optimizer = new DoPr(new SGD(table.Parameters(), learningRate: 1), table, new DoPrOptions { Gamma = 0, Floor = 0 });
        (Loss.MeanSquaredError(table.Forward(Tensor.From(Tokens, [Tokens.Length])), target) * (Width / 2.0)).Backward();
        optimizer.Step();
        double[] values = target.ToArray<double>();
        for (int i = 0; i < Count * Width; i++)
        {
            int[] rows = [.. Enumerable.Range(0, Tokens.Length).Where(row => Tokens[row] == i / Width)];
            double expected = rows.Length == 0 ? before[i] : rows.Average(row => values[(row * Width) + (i % Width)]);
            Assert.Equal(expected, table.Weight.ToArray<double>()[i], 1e-12);
        }
    }

    [Fact]
    public void Micro_batches_and_several_uses_give_the_gradient_of_one_large_batch()
    {
        double[] whole = Gradient(Tokens, DataType.Float64, new DoPrOptions(), out _);
        foreach (bool onePass in new[] { false, true })
        {
            var table = new Embedding(Count, Width, type: DataType.Float64);
            using var optimizer = new DoPr(new SGD(table.Parameters(), 0.1), table);
            var targets = Targets(DataType.Float64);
            Tensor LossOf(int start, int length) =>
                (table.Forward(Tensor.From(Tokens[start..(start + length)], [length])) - targets.Slice(0, start, length)).Square().Sum();
            if (onePass)
            {
                (LossOf(0, 3) + LossOf(3, 7)).Backward();
            }
            else
            {
                LossOf(0, 3).Backward();
                LossOf(3, 7).Backward();
            }

            double[] parts = table.Weight.Gradient!.ToArray<double>();
            Assert.Equal(Tokens.Length, optimizer.Layers[0].Rows);
            for (int i = 0; i < whole.Length; i++)
                Assert.Equal(whole[i], parts[i], 1e-12);
        }
    }

    [Fact]
    public void The_moving_average_is_that_of_the_frequencies_corrected_for_its_start_and_skips_no_step()
    {
        var table = new Embedding(3, 1, type: DataType.Float64);
        using var optimizer = new DoPr(
            new SGD(table.Parameters(), learningRate: 0), table, new DoPrOptions { Gamma = 0, Floor = 0.5, MovingAverage = 0.8, RefreshInterval = 10 });
        double[] average = new double[3];
        double weight = 0;
        foreach (int[] tokens in (int[][])[[0, 0, 1], [1, 1, 1], [2, 0, 0]])
        {
            table.Forward(Tensor.From(tokens, [3])).Sum().Backward();
            weight = (0.8 * weight) + 0.2;
            for (int v = 0; v < 3; v++)
            {
                int uses = tokens.Count(token => token == v);
                average[v] = (0.8 * average[v]) + (0.2 * uses / 3);
                Assert.Equal(uses / ((average[v] / weight) + 0.5), table.Weight.Gradient!.ToArray<double>()[v], 1e-12);
            }

            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.6, 1)]
    [InlineData(0.6, 3)]
    public void A_run_resumed_from_its_state_continues_to_the_same_bits(double movingAverage, int refresh)
    {
        var options = new DoPrOptions { MovingAverage = movingAverage, RefreshInterval = refresh };
        var (model, optimizer) = Fresh(options);
        Steps(model, optimizer, 0, 7);
        var (resumed, other) = Fresh(options);
        resumed.LoadStateDict(model.StateDict());
        other.Load(optimizer.State());
        Steps(model, optimizer, 7, 9);
        Steps(resumed, other, 7, 9);
        foreach (var (name, tensor) in model.StateDict())
            Assert.Equal(tensor.ToArray<float>(), resumed.StateDict()[name].ToArray<float>());
    }

    [Fact]
    public void With_no_layer_selected_training_is_bit_identical_to_the_base_optimizer()
    {
        static float[] Trained(Func<Module, Optimizer> make)
        {
            var model = Model();
            Steps(model, make(model), 0, 5);
            return [.. model.StateDict().SelectMany(entry => entry.Value.ToArray<float>())];
        }

        float[] plain = Trained(model => new AdamW(model.Parameters(), 1e-2));
        Assert.Equal(plain, Trained(model => new DoPr(new AdamW(model.Parameters(), 1e-2), model, new DoPrOptions { Layers = LayerSelection.None })));
        Assert.NotEqual(plain, Trained(model => new DoPr(new AdamW(model.Parameters(), 1e-2), model, new DoPrOptions { Layers = LayerSelection.First })));
    }

    [Fact]
    public void A_gradient_read_between_two_backward_passes_that_add_up_is_refused()
    {
        var table = new Embedding(Count, Width);
        using var optimizer = new DoPr(new SGD(table.Parameters(), 0.1), table);
        var tokens = Tensor.From(Tokens, [Tokens.Length]);
        table.Forward(tokens).Square().Mean().Backward();
        _ = table.Weight.Gradient;
        var error = Assert.Throws<InvalidOperationException>(() => table.Forward(tokens).Square().Mean().Backward());
        Assert.Contains("weight was read, and so preconditioned, between two backward passes", error.Message, StringComparison.Ordinal);
    }

    private static Sequential Model() => new(("embedding", new Embedding(Count, 4)), ("head", new Linear(4, 2)));

    private static (Module Model, DoPr Optimizer) Fresh(DoPrOptions options)
    {
        var model = Model();
        return (model, new DoPr(new AdamW(model.Parameters(), 1e-2), model, options));
    }

    private static void Steps(Module model, Optimizer optimizer, int first, int count)
    {
        for (int step = first; step < first + count; step++)
        {
            using var scope = TensorScope.Begin();
            int[] tokens = [.. Enumerable.Range(0, 12).Select(i => (i * (step + 3) / 2) % Count)];
            var y = Tensor.Normal([12, 2], new Philox(100).Split(step));
            Loss.MeanSquaredError(model.Forward(Tensor.From(tokens, [12])), y).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    private static Tensor Targets(DataType type) => Tensor.Normal([Tokens.Length, Width], new Philox(2), type: type);

    private static Tensor OneHot(int[] tokens)
    {
        double[] values = new double[tokens.Length * Count];
        for (int row = 0; row < tokens.Length; row++)
            values[(row * Count) + tokens[row]] = 1;
        return Tensor.From(values, [tokens.Length, Count]);
    }

    private static double[] Gradient(int[] tokens, DataType type, DoPrOptions? options, out LayerStatus status)
    {
        var table = new Embedding(Count, Width, type: type);
        using var optimizer = options is null ? null : new DoPr(new SGD(table.Parameters(), 0.1), table, options);
        // Indices of two axes, as a batch of sequences has.
        var rows = table.Forward(Tensor.From(tokens, [2, tokens.Length / 2])).Reshape([tokens.Length, Width]);
        (rows - Targets(type)).Square().Sum().Backward();
        double[] gradient = table.Weight.Gradient!.To(DataType.Float64).ToArray<double>();
        status = optimizer?.Layers[0]!;
        return gradient;
    }
}
