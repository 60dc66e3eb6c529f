using Kappa.Diagnostics;
using Kappa.Isometry;
using Kappa.LinearAlgebra.Solvers;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.LinearAlgebra;

namespace Kappa.Tests.Diagnostics;

public sealed class DiagnosticsTests
{
    public static TheoryData<string> Models => ["tall", "wide", "square", "conv", "layernorm"];

    [Theory]
    [MemberData(nameof(Models))]
    public void The_singular_values_of_the_Jacobian_are_those_of_finite_differences(string kind)
    {
        var (model, input) = Make(kind);
        var spectrum = JacobianSpectrum.Dense(model.Forward, input);
        double[] expected = SingularValues.Of(ByDifferences(model, input));
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], spectrum.Values[i], 1e-6 * expected[0]);
        var ends = JacobianSpectrum.Extremes(model.Forward, input, new GolubKahanOptions { MaximumIterations = 500 });
        Assert.Equal(expected[0], ends.Largest, 1e-6 * expected[0]);
        Assert.Equal(expected[^1], ends.Smallest, 1e-6 * expected[0]);
    }

    [Fact]
    public void The_kernel_is_the_Gram_matrix_of_gradients_found_by_differences()
    {
        var (model, _) = Make("square");
        var inputs = Tensor.Normal([4, 6], new Philox(8), type: DataType.Float64);
        double[] kernel = NeuralTangentKernel.Compute(model, inputs).ToArray<double>();
        double[][] gradients = [.. Enumerable.Range(0, 4).Select(i => GradientByDifferences(model, inputs.Slice(0, i, 1)))];
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < 4; j++)
                Assert.Equal(gradients[i].Zip(gradients[j], (a, b) => a * b).Sum(), kernel[(4 * i) + j], 1e-6);
        }

        var spectrum = NeuralTangentKernel.Of(model, inputs);
        Assert.Equal(Enumerable.Range(0, 4).Sum(i => kernel[5 * i]), spectrum.Values.Sum(), 1e-9);
    }

    [Fact]
    public void Two_equal_inputs_make_the_kernel_singular()
    {
        var (model, _) = Make("square");
        var one = Tensor.Normal([1, 6], new Philox(8), type: DataType.Float64);
        var spectrum = NeuralTangentKernel.Of(model, Tensor.Concat(0, one, one));
        Assert.InRange(spectrum.Smallest, 0, 1e-12 * spectrum.Largest);
        Assert.Equal(1, spectrum.EffectiveRank, 1e-6);
    }

    [Fact]
    public void Dead_units_and_quiet_channels_are_counted_as_ReDo_defines_them()
    {
        var first = new Linear(3, 4, type: DataType.Float64);
        var model = new Sequential(first, new ReLU(), new Linear(4, 2, type: DataType.Float64));
        _ = model.Initialize(new Philox(1));
        new double[] { 1, 0, 0, 0, 1, 0, 0.01, 0, 0, 0, 0, 0 }.CopyTo(first.Weight.Values<double>());
        new double[] { 0, 0, 0, -1 }.CopyTo(first.Bias!.Values<double>());
        var inputs = Tensor.From([1.0, 2, 3, 3, -2, 1], [2, 3]);
        var activity = Assert.Single(DormantUnits.Measure(model, inputs));
        Assert.Equal("1", activity.Layer);
        // Means of |h|: 2, 1, 0.02, 0; their mean is 0.755.
        double[] expected = [2 / 0.755, 1 / 0.755, 0.02 / 0.755, 0];
        for (int i = 0; i < 4; i++)
            Assert.Equal(expected[i], activity.Scores[i], 1e-12);
        Assert.Equal(0.25, activity.DormantFraction());
        Assert.Equal(0.5, activity.DormantFraction(0.03));
        Assert.Equal(0.25, activity.DormantFraction(0));

        var picture = Tensor.Zeros([2, 3, 2, 2], DataType.Float64);
        picture.Values<double>()[5] = -4;
        Assert.Equal([0, 3, 0], DormantUnits.Scores(picture));
        Assert.Equal([0, 0], DormantUnits.Scores(Tensor.Zeros([5, 2])));
    }

    [Fact]
    public void Activations_are_found_wherever_they_stand()
    {
        var model = new Transformer(new TransformerOptions { VocabularySize = 11, ContextLength = 8, Width = 8, Heads = 2, Layers = 2 });
        var activity = DormantUnits.Measure(model, Tensor.From([1, 2, 3, 4, 5, 6, 7, 8], [1, 8]));
        Assert.Equal(2, activity.Count);
        Assert.All(activity, entry => Assert.Contains("mlp", entry.Layer, StringComparison.Ordinal));
    }

    [Fact]
    public void Activations_within_residual_blocks_are_found_under_the_layer_or_the_block_that_gives_them()
    {
        var model = new ResNet18(2, 4, width: 4);
        model.Eval();
        var activity = DormantUnits.Measure(model, Tensor.Normal([2, 2, 9, 9], new Philox(1)));
        // One behind the stem, and two in each of eight blocks.
        Assert.Equal(17, activity.Count);
        Assert.Equal(["layer1.0.conv1", "layer1.0", "layer1.1.conv1", "layer1.1"], activity.Skip(1).Take(4).Select(entry => entry.Layer));
        Assert.Equal([4, 32], new[] { activity[0].Scores.Count, activity[^1].Scores.Count });
    }

    [Fact]
    public void A_probe_changes_no_output()
    {
        var (model, input) = Make("conv");
        double[] plain = model.Forward(input).ToArray<double>();
        var seen = new List<string>();
        using (ForwardProbe.Begin((module, _, _) => seen.Add(module.GetType().Name)))
            Assert.Equal(plain, model.Forward(input).ToArray<double>());
        Assert.Contains("ReLU", seen);
        seen.Clear();
        _ = model.Forward(input);
        Assert.Empty(seen);
    }

    [Fact]
    public void A_run_gives_the_same_bits_with_and_without_diagnostics()
    {
        float[][] plain = Train(null, out _);
        float[][] observed = Train(new DiagnosticsOptions { Observe = Observe.Every(3), LayerJacobians = true, KernelInputs = 4 }, out var records);
        for (int p = 0; p < plain.Length; p++)
            Assert.Equal(plain[p], observed[p]);
        Assert.Equal([0L, 3L, 6L, 9L], records.Select(record => record.Step));
        var last = records[^1];
        Assert.Equal(["0.weight", "2.weight", "5.weight"], last.Weights.Select(weight => weight.Parameter));
        Assert.Equal(["1", "4"], last.Units.Select(unit => unit.Layer));
        Assert.Equal(["0", "2", "5"], last.LayerJacobians.Select(layer => layer.Layer));
        Assert.Equal("", last.Jacobian!.Layer);
        Assert.Equal(4, last.Kernel!.Inputs);
        Assert.Null(records[0].Weights[0].Update);
        // Adam's first steps are of the size of the learning rate in each of the 54 elements.
        Assert.InRange(records[1].Weights[0].Update!.Value, 0.1 * 0.01 * Math.Sqrt(54), 1.5 * 0.01 * Math.Sqrt(54));
        Assert.All(last.Weights, weight => Assert.True(weight.Update > 0 && weight.IsExact));
        string json = System.Text.Json.JsonSerializer.Serialize(last);
        Assert.Contains("\"DormantFraction\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void The_norm_of_an_update_is_told_only_of_the_step_before_which_the_weights_were_copied()
    {
        var model = new Sequential(new Linear(3, 4), new Linear(4, 2));
        _ = model.Initialize(new Philox(3));
        var diagnostics = new TrainingDiagnostics(
            model, Tensor.Normal([4, 3], new Philox(1)), new DiagnosticsOptions { Observe = Observe.Every(1), KernelInputs = 0 });
        diagnostics.BeforeStep(0);
        var weight = model.Parameters()[0].Tensor;
        weight.Values<float>()[0] += 3;
        weight.Values<float>()[5] += 4;
        Assert.Equal(5, diagnostics.AfterStep(1)!.Weights[0].Update!.Value, 1e-6);
        // The copy is from two steps ago now.
        Assert.Null(diagnostics.AfterStep(2)!.Weights[0].Update);
    }

    [Fact]
    public void The_end_to_end_Jacobian_of_linear_layers_is_their_product()
    {
        var first = new Linear(5, 7, type: DataType.Float64);
        var second = new Linear(7, 4, type: DataType.Float64);
        var model = new Sequential(first, second);
        _ = model.Initialize(new Philox(3));
        var record = new TrainingDiagnostics(
            model, Tensor.Normal([3, 5], new Philox(1), type: DataType.Float64), new DiagnosticsOptions { JacobianInputs = 2, LayerJacobians = true })
            .Measure(7);
        double[] product = SingularValues.Of(second.Weight.MatMul(first.Weight));
        Assert.Equal((product[0], product[^1]), (Math.Round(record.Jacobian!.Largest, 9), Math.Round(record.Jacobian.Smallest, 9)), new Close(1e-8));
        double[] alone = SingularValues.Of(first.Weight);
        Assert.Equal((alone[0], alone[^1]), (record.LayerJacobians[0].Largest, record.LayerJacobians[0].Smallest), new Close(1e-8));
        Assert.Equal((alone[0], alone[^1]), (record.Weights[0].Largest, record.Weights[0].Smallest), new Close(1e-8));
        Assert.Equal(2, record.Jacobian.Inputs);
    }

    [Fact]
    public void Without_numbers_at_the_input_there_is_no_Jacobian()
    {
        var model = new Transformer(new TransformerOptions { VocabularySize = 11, ContextLength = 8, Width = 8, Heads = 2, Layers = 1 });
        var record = new TrainingDiagnostics(model, Tensor.From([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]), new DiagnosticsOptions { KernelInputs = 2 }).Measure(0);
        Assert.Null(record.Jacobian);
        Assert.Equal(2, record.Kernel!.Inputs);
        Assert.Contains(record.Weights, weight => weight.Condition is null);
    }

    [Fact]
    public void Layers_of_nested_sequences_are_those_of_the_flat_one()
    {
        Module[] Parts() =>
            [.. new Module[] { new Flatten(), new Linear(6, 8), new LayerNorm(8), new Tanh(), new Residual(new Sequential(new Linear(8, 8), new ReLU())),
            new ReLU(), new Linear(8, 3) }];
        var (a, b) = (Parts(), Parts());
        var flat = new Sequential(a);
        var nested = new Sequential(new Sequential(b[0], new Sequential(b[1], b[2])), new Sequential(b[3], b[4]), b[5], b[6]);
        _ = flat.Initialize(new Philox(3));
        foreach (var (from, to) in flat.Parameters().Zip(nested.Parameters()))
            to.Tensor.CopyFromInPlace(from.Tensor);
        var inputs = Tensor.Normal([3, 6], new Philox(1));
        var options = new DiagnosticsOptions { JacobianInputs = 2, LayerJacobians = true };
        var expected = new TrainingDiagnostics(flat, inputs, options).Measure(0).LayerJacobians;
        var got = new TrainingDiagnostics(nested, inputs, options).Measure(0).LayerJacobians;
        Assert.Equal(["1", "4", "6"], expected.Select(layer => layer.Layer));
        Assert.Equal(["0.1.0", "1.1", "3"], got.Select(layer => layer.Layer));
        Assert.Equal(expected.Select(layer => layer with { Layer = "" }), got.Select(layer => layer with { Layer = "" }));
    }

    [Fact]
    public void The_layers_of_a_transformer_are_its_blocks_and_its_head_each_at_its_own_input()
    {
        var model = new Transformer(new TransformerOptions { VocabularySize = 11, ContextLength = 8, Width = 8, Heads = 2, Layers = 2 });
        // Every weight away from zero, whatever it is initialised with.
        _ = model.Initialize(new Philox(1));
        foreach (var (_, tensor) in model.Parameters())
            tensor.CopyFromInPlace(Tensor.Normal(tensor.Shape, new Philox(5), 0, 0.3));
        var tokens = Tensor.From([1, 2, 3, 4], [1, 4]);
        var record = new TrainingDiagnostics(model, tokens, new DiagnosticsOptions { LayerJacobians = true, KernelInputs = 0 }).Measure(0);
        Assert.Null(record.Jacobian);
        Assert.Equal(["block0", "block1", "head"], record.LayerJacobians.Select(layer => layer.Layer));
        var blocks = model.Children.Where(child => child.Name.StartsWith("block", StringComparison.Ordinal)).Select(child => child.Module).ToArray();
        using var quiet = NoGradient.Begin();
        var embedded = model.Children.Single(child => child.Module is Embedding).Module.Forward(tokens).RmsNorm();
        var between = blocks[0].Forward(embedded);
        double[] second = SingularValues.Of(ByDifferences(input => blocks[1].Forward(input.To(DataType.Float32)), between.To(DataType.Float64), 1e-2));
        Assert.Equal(second[0], record.LayerJacobians[1].Largest, 2e-3 * second[0]);
        double[] head = SingularValues.Of(model.Children.Single(child => child.Name == "head").Module.Parameters()[0].Tensor);
        Assert.Equal(head[0], record.LayerJacobians[2].Largest, 1e-5 * head[0]);
    }

    [Fact]
    public void The_layers_of_a_residual_network_are_its_stem_its_blocks_and_its_head()
    {
        var model = new ResNet18(2, 4, width: 4);
        var record = new TrainingDiagnostics(
            model, Tensor.Normal([1, 2, 9, 9], new Philox(1)), new DiagnosticsOptions { LayerJacobians = true, KernelInputs = 0 }).Measure(0);
        Assert.Equal(
            model.Parameters().Where(parameter => parameter.Tensor.Rank > 1)
            .Select(parameter => string.Join('.', parameter.Name.Split('.').Take(parameter.Name.StartsWith("layer", StringComparison.Ordinal) ? 2 : 1)))
            .Distinct(), record.LayerJacobians.Select(layer => layer.Layer));
        Assert.Equal(10, record.LayerJacobians.Count);
        Assert.All(record.LayerJacobians, layer => Assert.True(layer.Largest > 0));
    }

    private static float[][] Train(DiagnosticsOptions? options, out List<DiagnosticsRecord> records)
    {
        var model = new Sequential(new Linear(6, 9), new ReLU(), new Linear(9, 9), new BatchNorm1d(9), new ReLU(), new Linear(9, 3));
        _ = model.Initialize(new Philox(1));
        var optimizer = new DoPr(new AdamO(model.Parameters(), 0.01), model);
        var generator = new Philox(5);
        var diagnostics = options is null ? null : new TrainingDiagnostics(model, Tensor.Normal([10, 6], new Philox(2)), options);
        records = [];
        for (int step = 0; step < 10; step++)
        {
            if (diagnostics?.AfterStep(step) is { } record)
                records.Add(record);
            using var scope = TensorScope.Begin();
            Loss.MeanSquaredError(model.Forward(Tensor.Normal([8, 6], generator)), Tensor.Normal([8, 3], generator)).Backward();
            diagnostics?.BeforeStep(step);
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        optimizer.Dispose();
        return [.. model.Parameters().Select(parameter => parameter.Tensor.ToArray<float>())];
    }

    private static (Module Model, Tensor Input) Make(string kind)
    {
        Module model = kind switch
        {
            "tall" => new Sequential(new Linear(4, 9, type: DataType.Float64), new Tanh(), new Linear(9, 8, type: DataType.Float64)),
            "wide" => new Sequential(new Linear(9, 7, type: DataType.Float64), new GELU(), new Linear(7, 3, type: DataType.Float64)),
            "square" => new Sequential(new Linear(6, 6, type: DataType.Float64), new Tanh(), new Linear(6, 6, type: DataType.Float64)),
            "layernorm" => new Sequential(
            new Linear(6, 6, type: DataType.Float64), new LayerNorm(6, type: DataType.Float64), new Tanh(), new Linear(6, 5, type: DataType.Float64)),
            _ => new Sequential(new Conv2d(2, 3, 3, padding: 1, type: DataType.Float64), new ReLU(), new Flatten(), new Linear(48, 5, type: DataType.Float64)),
        };
        _ = model.Initialize(new Philox(1));
        Shape shape = kind switch { "tall" => [1, 4], "wide" => [1, 9], "conv" => [1, 2, 4, 4], _ => [1, 6] };
        return (model, Tensor.Normal(shape, new Philox(2), type: DataType.Float64));
    }

    private static Tensor ByDifferences(Module model, Tensor input) => ByDifferences(model.Forward, input, 1e-5);

    private static Tensor ByDifferences(Func<Tensor, Tensor> function, Tensor input, double step)
    {
        using var quiet = NoGradient.Begin();
        var columns = new List<double[]>();
        for (int i = 0; i < input.Count; i++)
        {
            var up = input.Clone();
            var down = input.Clone();
            up.Values<double>()[i] += step;
            down.Values<double>()[i] -= step;
            columns.Add(
                [.. function(up).To(DataType.Float64)
                .ToArray<double>().Zip(function(down).To(DataType.Float64).ToArray<double>(), (a, b) => (a - b) / (2 * step))]);
        }

        int outputs = columns[0].Length;
        return Tensor.From([.. Enumerable.Range(0, outputs * input.Count).Select(i => columns[i % input.Count][i / input.Count])], [outputs, input.Count]);
    }

    private static double[] GradientByDifferences(Module model, Tensor input)
    {
        const double H = 1e-5;
        using var quiet = NoGradient.Begin();
        double Output()
        {
            double[] values = model.Forward(input).ToArray<double>();
            return values.Sum() / Math.Sqrt(values.Length);
        }

        var result = new List<double>();
        foreach (var (_, tensor) in model.Parameters())
        {
            for (int i = 0; i < tensor.Count; i++)
            {
                double before = tensor.Values<double>()[i];
                tensor.Values<double>()[i] = before + H;
                double up = Output();
                tensor.Values<double>()[i] = before - H;
                result.Add((up - Output()) / (2 * H));
                tensor.Values<double>()[i] = before;
            }
        }

        return [.. result];
    }

    private sealed class Close(double tolerance) : IEqualityComparer<(double, double)>
    {
        public bool Equals((double, double) x, (double, double) y) => Math.Abs(x.Item1 - y.Item1) <= tolerance && Math.Abs(x.Item2 - y.Item2) <= tolerance;

        public int GetHashCode((double, double) value) => 0;
    }
}
