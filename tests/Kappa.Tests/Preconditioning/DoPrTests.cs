using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Preconditioning;

public sealed partial class DoPrTests
{
    [Fact]
    public void One_undamped_gradient_step_on_least_squares_lands_on_the_exact_minimiser()
    {
        var generator = new Philox(1);
        var z = Anisotropic(40, 6, generator);
        var solution = Tensor.Normal([3, 6], generator, type: DataType.Float64);
        var target = z.MatMul(solution, transposeB: true);
        foreach (var form in new[] { PreconditioningForm.Dual, PreconditioningForm.Primal })
        {
            var model = new Linear(6, 3, bias: false, type: DataType.Float64);
            var optimizer = new DoPr(
                new SGD(model.Parameters(), learningRate: 1), model,
                new DoPrOptions { Gamma = 0, Floor = form == PreconditioningForm.Dual ? 1e-12 : 0, Form = form });
            (Loss.MeanSquaredError(model.Forward(z), target) * 1.5).Backward();
            optimizer.Step();
            Assert.True(MaxDifference(solution, model.Weight) < 1e-7, $"{form}: {MaxDifference(solution, model.Weight)}");
        }
    }

    [Fact]
    public void With_second_moment_c_times_identity_the_gradient_is_divided_by_c_plus_tau()
    {
        const double C = 2.5;
        var z = Tensor.Zeros([4, 4], DataType.Float64);
        for (int i = 0; i < 4; i++)
            z.Values<double>()[(i * 4) + i] = Math.Sqrt(C * 4);
        var (plain, preconditioned, status) = Gradients(z, new DoPrOptions { Gamma = 0.2 });
        Assert.Equal((0.2 * C) + 1e-8, status.Damping, 12);
        for (int i = 0; i < plain.Length; i++)
            Assert.Equal(plain[i] / (C + status.Damping), preconditioned[i], 1e-12);
    }

    [Fact]
    public void Function_trajectories_under_undamped_DoPr_do_not_depend_on_a_linear_change_of_inputs_and_those_of_SGD_do()
    {
        Assert.True(TrajectoryDifference(precondition: true) < 1e-6);
        Assert.True(TrajectoryDifference(precondition: false) > 1e-2);
    }

    [Theory]
    [InlineData(DataType.Float64, 1e-10)]
    [InlineData(DataType.Float32, 1e-4)]
    public void Dual_primal_and_naive_forms_agree(DataType type, double tolerance)
    {
        foreach (int rows in new[] { 5, 12, 30 })
        {
            foreach (bool bias in new[] { false, true })
            {
                var generator = new Philox(7);
                var z = Tensor.Normal([rows, 12], generator, 0.3, 1, type);
                var y = Tensor.Normal([rows, 5], generator, type: type);
                double[][] results = [.. new[] { PreconditioningForm.Dual, PreconditioningForm.Primal }.Select(
                    form => Preconditioned(z, y, new DoPrOptions { Form = form, IncludeBias = bias }))];
                double[] naive = Naive(z, y, 0.1, bias);
                double scale = naive.Max(Math.Abs);
                for (int i = 0; i < naive.Length; i++)
                {
                    Assert.True(Math.Abs(naive[i] - results[0][i]) <= tolerance * scale, $"dual, {rows} rows, element {i}: {results[0][i]} against {naive[i]}");
                    Assert.True(
                        Math.Abs(naive[i] - results[1][i]) <= tolerance * scale, $"primal, {rows} rows, element {i}: {results[1][i]} against {naive[i]}");
                }
            }
        }
    }

    [Fact]
    public void Micro_batches_give_the_gradient_of_one_large_batch_in_every_form()
    {
        foreach (var form in Enum.GetValues<PreconditioningForm>())
        {
            foreach (int part in new[] { 2, 8 })
            {
                var generator = new Philox(3);
                var z = Tensor.Normal([16, 10], generator, type: DataType.Float64);
                var y = Tensor.Normal([16, 4], generator, type: DataType.Float64);
                var options = new DoPrOptions { Form = form };
                double[] whole = Preconditioned(z, y, options);
                var model = Model(10, 4);
                _ = new DoPr(new SGD(model.Parameters(), 0.1), model, options);
                for (int start = 0; start < 16; start += part)
                {
                    using var scope = TensorScope.Begin();
                    var loss = Loss.MeanSquaredError(model.Forward(z.Slice(0, start, part)), y.Slice(0, start, part));
                    (loss * (part / 16.0)).Backward();
                }

                double[] parts = model.Weight.Gradient!.ToArray<double>();
                for (int i = 0; i < parts.Length; i++)
                    Assert.Equal(whole[i], parts[i], 1e-12);
            }
        }
    }

    [Fact]
    public void A_share_of_the_gradient_that_does_not_come_from_the_layer_is_preconditioned_with_the_rest()
    {
        double[][] results = [.. new[] { PreconditioningForm.Dual, PreconditioningForm.Primal }.Select(form =>
        {
            var generator = new Philox(5);
            var z = Tensor.Normal([6, 10], generator, type: DataType.Float64);
            var model = Model(10, 4);
            _ = new DoPr(new SGD(model.Parameters(), 0.1), model, new DoPrOptions { Form = form });
            (model.Forward(z).Square().Mean() + (model.Weight.Square().Sum() * 0.1)).Backward();
            return model.Weight.Gradient!.ToArray<double>();
        })];
        for (int i = 0; i < results[0].Length; i++)
            Assert.Equal(results[1][i], results[0][i], 1e-10);
    }

    [Fact]
    public void With_no_layer_selected_training_is_bit_identical_to_the_base_optimizer()
    {
        byte[] plain = Train(model => new AdamW(model.Parameters(), 1e-2));
        byte[] off = Train(model => new DoPr(new AdamW(model.Parameters(), 1e-2), model, new DoPrOptions { Layers = LayerSelection.None }));
        byte[] on = Train(model => new DoPr(new AdamW(model.Parameters(), 1e-2), model));
        Assert.Equal(plain, off);
        Assert.NotEqual(plain, on);
    }

    [Fact]
    public void Selections_take_the_layers_that_they_name()
    {
        var model = new Sequential(new Linear(4, 5), new ReLU(), new Linear(5, 6), new ReLU(), new Linear(6, 2));
        string[] Names(LayerSelection layers, Func<string, bool>? filter = null)
        {
            using var optimizer = new DoPr(new AdamW(model.Parameters(), 1e-2), model, new DoPrOptions { Layers = layers, Filter = filter });
            return [.. optimizer.Layers.Select(layer => layer.Name)];
        }

        Assert.Equal(["0.weight", "2.weight", "4.weight"], Names(LayerSelection.All));
        Assert.Equal(["0.weight"], Names(LayerSelection.First));
        Assert.Equal(["2.weight", "4.weight"], Names(LayerSelection.AllButFirst));
        Assert.Empty(Names(LayerSelection.None));
        Assert.Equal(["0.weight", "4.weight"], Names(LayerSelection.All, name => name != "2.weight"));
    }

    private static Linear Model(int inputs, int outputs) => new(inputs, outputs, type: DataType.Float64);

    private static Tensor Anisotropic(int rows, int columns, Philox generator)
    {
        var scales = Tensor.From([.. Enumerable.Range(0, columns).Select(i => Math.Pow(10, -i / 2.0))], [columns]);
        return Tensor.Normal([rows, columns], generator, type: DataType.Float64) * scales;
    }

    private static (double[] Plain, double[] Preconditioned, LayerStatus Status) Gradients(Tensor z, DoPrOptions options)
    {
        var y = Tensor.Normal([z.Shape[0], 3], new Philox(2), type: DataType.Float64);
        var plain = new Linear(z.Shape[1], 3, type: DataType.Float64);
        Loss.MeanSquaredError(plain.Forward(z), y).Backward();
        var model = new Linear(z.Shape[1], 3, type: DataType.Float64);
        using var optimizer = new DoPr(new SGD(model.Parameters(), 0.1), model, options);
        Loss.MeanSquaredError(model.Forward(z), y).Backward();
        return (plain.Weight.Gradient!.ToArray<double>(), model.Weight.Gradient!.ToArray<double>(), optimizer.Layers[0]);
    }

    /// <summary>The preconditioned gradient of the weight, followed by that of the bias.</summary>
    private static double[] Preconditioned(Tensor z, Tensor y, DoPrOptions options)
    {
        var model = new Linear(z.Shape[1], y.Shape[1], type: z.DataType);
        using var optimizer = new DoPr(new SGD(model.Parameters(), 0.1), model, options);
        Loss.MeanSquaredError(model.Forward(z), y).Backward();
        return [.. Doubles(model.Weight.Gradient!), .. Doubles(model.Bias!.Gradient!)];
    }

    /// <summary>G (S + tau I)^-1 by Gaussian elimination in double precision, from the definition.</summary>
    private static double[] Naive(Tensor z, Tensor y, double gamma, bool homogeneous)
    {
        var model = new Linear(z.Shape[1], y.Shape[1], type: z.DataType);
        Loss.MeanSquaredError(model.Forward(z), y).Backward();
        double[] g = Doubles(model.Weight.Gradient!);
        double[] b = Doubles(model.Bias!.Gradient!);
        double[] input = Doubles(z);
        int rows = z.Shape[0];
        int columns = z.Shape[1];
        int outputs = y.Shape[1];
        int size = columns + (homogeneous ? 1 : 0);
        double Z(int row, int column) => column < columns ? input[(row * columns) + column] : 1;
        var s = new double[size, size];
        double trace = 0;
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                for (int row = 0; row < rows; row++)
                    s[i, j] += Z(row, i) * Z(row, j) / rows;
            }

            trace += s[i, i];
        }

        for (int i = 0; i < size; i++)
            s[i, i] += (gamma * trace / size) + 1e-8;
        var m = new double[(outputs * columns) + outputs];
        Array.Copy(b, 0, m, outputs * columns, outputs);
        for (int o = 0; o < outputs; o++)
        {
            var right = new double[size];
            for (int i = 0; i < size; i++)
                right[i] = i < columns ? g[(o * columns) + i] : b[o];
            double[] solved = Eliminate((double[,])s.Clone(), right);
            Array.Copy(solved, 0, m, o * columns, columns);
            if (homogeneous)
                m[(outputs * columns) + o] = solved[columns];
        }

        return m;
    }

    private static double[] Eliminate(double[,] a, double[] b)
    {
        int n = b.Length;
        for (int k = 0; k < n; k++)
        {
            for (int i = k + 1; i < n; i++)
            {
                double factor = a[i, k] / a[k, k];
                for (int j = k; j < n; j++)
                    a[i, j] -= factor * a[k, j];
                b[i] -= factor * b[k];
            }
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int j = i + 1; j < n; j++)
                b[i] -= a[i, j] * b[j];
            b[i] /= a[i, i];
        }

        return b;
    }

    /// <summary>The largest difference of outputs after training on z from W, and on A z from W A^-1.</summary>
    private static double TrajectoryDifference(bool precondition)
    {
        var generator = new Philox(11);
        var z = Tensor.Normal([30, 4], generator, type: DataType.Float64);
        var y = Tensor.Normal([30, 3], generator, type: DataType.Float64);
        var a = Tensor.From(new double[] { 2, 0.5, 0, 0, 0, 1, -0.7, 0, 0, 0, 0.5, 0.2, 0, 0, 0, 3 }, [4, 4]);
        var inverse = Tensor.From(Invert(a.ToArray<double>(), 4), [4, 4]);
        var outputs = new List<Tensor>();
        foreach (bool changed in new[] { false, true })
        {
            var first = new Linear(4, 8, bias: false, type: DataType.Float64);
            var model = new Sequential(first, new Tanh(), new Linear(8, 3, bias: false, type: DataType.Float64));
            _ = model.Initialize(new Philox(4));
            var input = z;
            if (changed)
            {
                using var quiet = NoGradient.Begin();
                first.Weight.CopyFromInPlace(first.Weight.MatMul(inverse));
                input = z.MatMul(a, transposeB: true);
            }

            Optimizer optimizer = new SGD(model.Parameters(), 0.05);
            if (precondition)
                optimizer = new DoPr(optimizer, model, new DoPrOptions { Gamma = 0, Floor = 0, Form = PreconditioningForm.Primal });
            for (int step = 0; step < 20; step++)
            {
                Loss.MeanSquaredError(model.Forward(input), y).Backward();
                optimizer.Step();
                optimizer.ZeroGrad();
            }

            outputs.Add(model.Forward(input).Detach());
        }

        return MaxDifference(outputs[0], outputs[1]);
    }

    private static double[] Invert(double[] a, int n)
    {
        var result = new double[n * n];
        for (int column = 0; column < n; column++)
        {
            var matrix = new double[n, n];
            Buffer.BlockCopy(a, 0, matrix, 0, n * n * sizeof(double));
            var unit = new double[n];
            unit[column] = 1;
            double[] solved = Eliminate(matrix, unit);
            for (int i = 0; i < n; i++)
                result[(i * n) + column] = solved[i];
        }

        return result;
    }

    private static double MaxDifference(Tensor a, Tensor b) => a.ToArray<double>().Zip(b.ToArray<double>(), (x, y) => Math.Abs(x - y)).Max();

    private static double[] Doubles(Tensor tensor) => tensor.To(DataType.Float64).ToArray<double>();

    private static byte[] Train(Func<Module, Optimizer> optimizer)
    {
        var model = new Sequential(new Linear(6, 12), new ReLU(), new Linear(12, 3));
        _ = model.Initialize(new Philox(9));
        Steps(model, optimizer(model), 0, 12);
        return [.. model.StateDict().SelectMany(entry => entry.Value.ToArray<float>()).SelectMany(BitConverter.GetBytes)];
    }

    private static (Module Model, DoPr Optimizer) Fresh(DoPrOptions options)
    {
        var model = new Sequential(new Linear(6, 12), new ReLU(), new Linear(12, 3));
        return (model, new DoPr(new AdamW(model.Parameters(), 1e-2), model, options));
    }

    private static void Steps(Module model, Optimizer optimizer, int first, int count)
    {
        for (int step = first; step < first + count; step++)
        {
            var generator = new Philox(100).Split(step);
            using var scope = TensorScope.Begin();
            var z = Tensor.Normal([20, 6], generator);
            var y = Tensor.Normal([20, 3], generator);
            Loss.MeanSquaredError(model.Forward(z), y).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
    }

    private static StateDict Copy(StateDict state)
    {
        var copy = new StateDict();
        foreach (var (name, tensor) in state)
            copy.Add(name, tensor.Clone());
        return copy;
    }

    private static OptimizerState Copy(OptimizerState state)
    {
        var copy = new OptimizerState(state.Kind);
        foreach (var (name, tensor) in state.Tensors)
            copy.Tensors.Add(name, tensor.Clone());
        foreach (var (name, number) in state.Numbers)
            copy.Add(name, number);
        return copy;
    }

    private sealed class Pair : Module
    {
        private readonly Module _used;

        internal Pair(Module used, Module unused)
        {
            _used = RegisterModule("used", used);
            _ = RegisterModule("unused", unused);
        }

        protected override Tensor ForwardCore(Tensor input) => _used.Forward(input);
    }
}
