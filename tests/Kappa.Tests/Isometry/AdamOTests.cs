using Kappa.Isometry;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Networks.Models;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Memory;
using Kappa.Tests.LinearAlgebra;
using Kappa.Tests.Optimizers;

namespace Kappa.Tests.Isometry;

public sealed class AdamOTests
{
    private static readonly Shape[] Shapes = [[20, 12], [20], [12, 20], [8, 4, 3, 3], [5, 12]];

    [Fact]
    public void Without_strength_the_steps_are_those_of_AdamW_to_the_last_bit()
    {
        var plain = new FakeGradients(DataType.Float32, Shapes);
        var isometric = new FakeGradients(DataType.Float32, Shapes);
        var reference = new AdamW(plain.Parameters, 0.01);
        var optimizer = new AdamO(isometric.Parameters, 0.01, new IsometryOptions { Strength = 0 }, new AdamWOptions());
        for (int step = 0; step < 10; step++)
        {
            _ = plain.Draw(step);
            _ = isometric.Draw(step);
            reference.Step();
            optimizer.Step();
        }

        isometric.AssertValues(plain.Values(), 0);
    }

    [Theory]
    [InlineData(IsometryVariant.Decoupled, true)]
    [InlineData(IsometryVariant.NewtonSchulz, true)]
    [InlineData(IsometryVariant.Coupled, false)]
    public void The_moments_are_those_of_AdamW_unless_the_penalty_is_coupled(IsometryVariant variant, bool same)
    {
        var plain = new FakeGradients(DataType.Float32, Shapes);
        var isometric = new FakeGradients(DataType.Float32, Shapes);
        var reference = new AdamW(plain.Parameters, 0.01);
        var optimizer = new AdamO(isometric.Parameters, 0.01, new IsometryOptions { Strength = 1, Variant = variant });
        for (int step = 0; step < 5; step++)
        {
            _ = plain.Draw(step);
            _ = isometric.Draw(step);
            reference.Step();
            optimizer.Step();
        }

        var moments = optimizer.State().Tensors;
        Assert.Equal(same, reference.State().Tensors.All(entry => moments[entry.Key].ToArray<float>().SequenceEqual(entry.Value.ToArray<float>())));
        Assert.NotEqual(plain.Values()[0], isometric.Values()[0]);
    }

    [Theory]
    [InlineData(IsometryPoint.BeforeStep)]
    [InlineData(IsometryPoint.AfterStep)]
    public void A_step_is_that_of_AdamW_less_the_penaltys_gradient_where_it_is_asked_for(IsometryPoint point)
    {
        var plain = new FakeGradients(DataType.Float64, Shapes);
        var isometric = new FakeGradients(DataType.Float64, Shapes);
        var reference = new AdamW(plain.Parameters, 0.01, new AdamWOptions { WeightDecay = 0 });
        var options = new IsometryOptions { Strength = 0.02, LearningRate = 0.05, Point = point, Target = 1.2 };
        var optimizer = new AdamO(isometric.Parameters, 0.01, options);
        for (int step = 0; step < 5; step++)
        {
            _ = plain.Draw(step);
            _ = isometric.Draw(step);
            var before = plain.Parameters.Select(p => p.Tensor.Clone()).ToArray();
            reference.Step();
            optimizer.Step();
            // The last weight is the output head, the second a bias.
            foreach (int p in (int[])[0, 2, 3])
            {
                using var gradient = GramPenalty.Gradient(
                    point == IsometryPoint.BeforeStep ? before[p].Detach() : plain.Parameters[p].Tensor.Detach(), options);
                var values = plain.Parameters[p].Tensor.Values<double>();
                for (int i = 0; i < values.Length; i++)
                    values[i] -= 0.05 * 0.02 * gradient.Values<double>()[i];
            }

            isometric.AssertValues(plain.Values(), 1e-12);
        }

        Assert.All(optimizer.Matrices, matrix => Assert.Equal(0, matrix.BoundedSteps));
    }

    [Fact]
    public void The_coupled_variant_is_AdamW_on_the_loss_with_the_penalty_in_it()
    {
        var model = Small();
        var twin = Small();
        var options = new IsometryOptions { Strength = 0.3, Variant = IsometryVariant.Coupled };
        var optimizer = new AdamO(model.Parameters(), 0.01, options);
        var reference = new AdamW(twin.Parameters(), 0.01, new AdamWOptions { WeightDecay = 0 });
        var generator = new Philox(4);
        for (int step = 0; step < 5; step++)
        {
            var x = Tensor.Normal([8, 6], generator, type: DataType.Float64);
            Loss.MeanSquaredError(model.Forward(x), Tensor.Zeros([8, 3], DataType.Float64)).Backward();
            double[] task = model.Parameters()[0].Tensor.Gradient!.ToArray<double>();
            optimizer.Step();
            Assert.Equal(task, model.Parameters()[0].Tensor.Gradient!.ToArray<double>());
            optimizer.ZeroGrad();
            var weight = twin.Parameters()[0].Tensor;
            var identity = Tensor.Zeros([6, 6], DataType.Float64);
            for (int i = 0; i < 6; i++)
                identity.Values<double>()[7 * i] = 1;
            var penalty = (weight.MatMul(weight, transposeA: true) - identity).Square().Sum() * 0.3;
            (Loss.MeanSquaredError(twin.Forward(x), Tensor.Zeros([8, 3], DataType.Float64)) + penalty).Backward();
            reference.Step();
            reference.ZeroGrad();
        }

        for (int p = 0; p < twin.Parameters().Count; p++)
        {
            double[] expected = twin.Parameters()[p].Tensor.ToArray<double>();
            double[] actual = model.Parameters()[p].Tensor.ToArray<double>();
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-10);
        }
    }

    [Theory]
    [InlineData(IsometryVariant.Decoupled, 48, 16, 1.0, DataType.Float64)]
    [InlineData(IsometryVariant.Decoupled, 16, 48, 2.0, DataType.Float64)]
    [InlineData(IsometryVariant.Decoupled, 24, 24, 1.0, DataType.Float64)]
    [InlineData(IsometryVariant.Decoupled, 300, 2, 1.0, DataType.Float32)]
    [InlineData(IsometryVariant.Decoupled, 2, 300, 1.0, DataType.Float32)]
    [InlineData(IsometryVariant.NewtonSchulz, 48, 16, 1.0, DataType.Float64)]
    [InlineData(IsometryVariant.NewtonSchulz, 16, 48, 2.0, DataType.Float64)]
    [InlineData(IsometryVariant.Coupled, 16, 48, 1.0, DataType.Float64)]
    public void Without_a_task_all_singular_values_go_to_the_root_of_the_target(IsometryVariant variant, int rows, int columns, double target, DataType type)
    {
        var weight = Tensor.Normal([rows, columns], new Philox(9), 0, 0.5, type);
        weight.RequiresGradient = true;
        using var zero = Tensor.Zeros(weight.Shape, type);
        var optimizer = new AdamO(
            [new Parameter("weight", weight)], 0.01, new IsometryOptions { Strength = 1, Target = target, Variant = variant, IncludeOutput = true });
        if (variant == IsometryVariant.Coupled)
            optimizer.Schedule = LearningRateSchedule.WarmupLinear(1, 4000);
        for (int step = 0; step < 4000; step++)
        {
            FakeGradients.Set(weight, zero);
            optimizer.Step();
        }

        double tolerance = variant == IsometryVariant.Coupled ? 2e-3 : type == DataType.Float32 ? 1e-5 : 1e-9;
        Assert.All(SingularValues.Of(weight), value => Assert.Equal(Math.Sqrt(target), value, tolerance));
    }

    [Theory]
    [InlineData(1e3, 1e-3)]
    [InlineData(1e12, 1.0)]
    [InlineData(1e30, 1e4)]
    [InlineData(1e3, 1e9)]
    [InlineData(1e30, 1e-12)]
    public void No_strength_makes_it_diverge_and_every_singular_value_approaches_the_target(double strength, double size)
    {
        var generator = new Philox(5);
        foreach (Shape shape in (Shape[])[[20, 11], [11, 20], [15, 15]])
        {
            var weight = Tensor.Normal(shape, generator, 0, size);
            weight.RequiresGradient = true;
            using var zero = Tensor.Zeros(shape);
            var warnings = new List<string>();
            var optimizer = new AdamO(
                [new Parameter("weight", weight)], 1, new IsometryOptions { Strength = strength, IncludeOutput = true, OnWarning = warnings.Add });
            double farthest = SingularValues.Of(weight).Max(value => Math.Abs(Math.Log(value)));
            for (int step = 0; step < 400; step++)
            {
                FakeGradients.Set(weight, zero);
                optimizer.Step();
                double now = SingularValues.Of(weight).Max(value => Math.Abs(Math.Log(value)));
                Assert.True(now <= (farthest * (1 + 1e-5)) + 1e-6, $"{shape} at step {step}: from {farthest} to {now}");
                farthest = now;
            }

            Assert.All(SingularValues.Of(weight), value => Assert.Equal(1, value, 1e-5));
            Assert.True(optimizer.Matrices[0].BoundedSteps > 0);
            Assert.Contains("weight", Assert.Single(warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_weight_whose_products_overflow_makes_the_same_steps()
    {
        foreach (double strength in (double[])[1, 1e-35])
        {
            var weight = Tensor.Normal([10, 10], new Philox(5), 0, 1e15);
            weight.RequiresGradient = true;
            using var zero = Tensor.Zeros([10, 10]);
            double[] expected = SingularValues.Of(weight);
            var optimizer = new AdamO([new Parameter("weight", weight)], 1, new IsometryOptions { IncludeOutput = true, Strength = strength });
            for (int step = 0; step < 400; step++)
            {
                FakeGradients.Set(weight, zero);
                optimizer.Step();
                expected = [.. expected.Select(value => value - (4e-35 * value * ((value * value) - 1)))];
            }

            if (strength == 1)
                Assert.All(SingularValues.Of(weight), value => Assert.InRange(value, 0, 1.00001));
            else
                Assert.All(SingularValues.Of(weight).Zip(expected), pair => Assert.Equal(1, pair.First / pair.Second, 1e-4));
        }
    }

    [Fact]
    public void A_zero_weight_stays_and_that_is_said_once()
    {
        foreach (var variant in Enum.GetValues<IsometryVariant>())
        {
            var weight = Tensor.Zeros([4, 7]);
            weight.RequiresGradient = true;
            using var zero = Tensor.Zeros([4, 7]);
            var warnings = new List<string>();
            var optimizer = new AdamO(
                [new Parameter("hidden.weight", weight)], 0.1,
                new IsometryOptions { IncludeOutput = true, Strength = 1, Variant = variant, OnWarning = warnings.Add });
            for (int step = 0; step < 3; step++)
            {
                FakeGradients.Set(weight, zero);
                optimizer.Step();
            }

            Assert.All(weight.ToArray<float>(), value => Assert.Equal(0, value));
            Assert.Equal(3, optimizer.Matrices[0].ZeroSteps);
            Assert.Contains("hidden.weight is zero", Assert.Single(warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_penalty_is_taken_in_every_so_many_steps()
    {
        var problem = new FakeGradients(DataType.Float32, Shapes);
        var optimizer = new AdamO(problem.Parameters, 0.01, new IsometryOptions { Interval = 4 });
        for (int step = 0; step < 9; step++)
        {
            _ = problem.Draw(step);
            optimizer.Step();
        }

        Assert.All(optimizer.Matrices, matrix => Assert.Equal(3, matrix.Applications));
    }

    [Fact]
    public void Patterns_choose_weights_and_strengths_and_the_output_head_is_left_out()
    {
        var model = new Transformer(new TransformerOptions { VocabularySize = 11, ContextLength = 8, Width = 8, Heads = 2, Layers = 2 });
        var optimizer = new AdamO(model.Parameters(), isometry: new IsometryOptions
        {
            LayerStrengths = [new LayerStrength("block0.*", 0.5), new LayerStrength("BLOCK*.mlp.*", 0.25)],
            Exclude = ["*embedding*", "*.key.*"],
        });
        var matrices = optimizer.Matrices;
        Assert.DoesNotContain(
            matrices, matrix =>
            matrix.Parameter.Contains("embedding", StringComparison.Ordinal) || matrix.Parameter.Contains("head", StringComparison.Ordinal)
            || matrix.Parameter.Contains("key", StringComparison.Ordinal));
        Assert.Equal(0.5, matrices.Single(matrix => matrix.Parameter == "block0.attention.query.weight").Strength);
        Assert.Equal(1e-3, matrices.Single(matrix => matrix.Parameter == "block1.attention.output.weight").Strength);
        Assert.Contains(matrices, matrix => matrix.Parameter.StartsWith("block1.mlp", StringComparison.Ordinal) && matrix.Strength == 0.25);
    }

    [Fact]
    public void A_model_without_a_weight_to_keep_isometric_is_refused_with_the_way_out()
    {
        var error = Assert.Throws<ArgumentException>(() => new AdamO(new Linear(3, 4).Parameters()));
        Assert.Contains("IncludeOutput", error.Message, StringComparison.Ordinal);
        var tall = Assert.Throws<ArgumentException>(() => new AdamO(Small().Parameters(), isometry: new IsometryOptions { Exclude = ["*"] }));
        Assert.Contains("0.weight", tall.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1.0, 1.0, 1, "Strength")]
    [InlineData(double.NaN, 1.0, 1, "Strength")]
    [InlineData(1.0, 0.0, 1, "Target")]
    [InlineData(1.0, 1.0, 0, "Interval")]
    public void Settings_out_of_range_are_refused_by_name(double strength, double target, int interval, string property)
    {
        var options = new IsometryOptions { Strength = strength, Target = target, Interval = interval };
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new AdamO(Small().Parameters(), isometry: options));
        Assert.Contains($"IsometryOptions.{property}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_steady_state_a_step_takes_no_tensor_memory()
    {
        foreach (var variant in Enum.GetValues<IsometryVariant>())
        {
            var problem = new FakeGradients(DataType.Float32, [60, 31], [31, 60], [77], [9, 60]);
            var optimizer = new AdamO(problem.Parameters, 0.01, new IsometryOptions { Variant = variant });
            _ = problem.Draw(0);
            for (int step = 0; step < 3; step++)
                optimizer.Step();
            long tensors = StoragePool.AllocatedBytes;
            for (int step = 0; step < 50; step++)
                optimizer.Step();
            Assert.Equal(tensors, StoragePool.AllocatedBytes);
        }
    }

    [Theory]
    [InlineData("adamo")]
    [InlineData("muono")]
    [InlineData("dopr-adamo")]
    [InlineData("penalty-sgd")]
    public void A_resumed_run_continues_to_the_same_bits(string name)
    {
        float[][] whole = Run(name, 12, interruptAt: null);
        float[][] resumed = Run(name, 12, interruptAt: 7);
        for (int p = 0; p < whole.Length; p++)
            Assert.Equal(whole[p], resumed[p]);
    }

    private static float[][] Run(string name, int steps, int? interruptAt)
    {
        var (model, optimizer) = Make(name);
        for (int step = 0; step < steps; step++)
        {
            if (step == interruptAt)
            {
                var (state, weights) = (optimizer.State(), model.StateDict());
                (var next, var nextOptimizer) = Make(name);
                next.LoadStateDict(weights);
                nextOptimizer.Load(state);
                (optimizer as IDisposable)?.Dispose();
                (model, optimizer) = (next, nextOptimizer);
            }

            var generator = new Philox(3).Split($"{step}");
            Loss.MeanSquaredError(model.Forward(Tensor.Normal([8, 6], generator)), Tensor.Normal([8, 3], generator)).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        return [.. model.Parameters().Select(p => p.Tensor.ToArray<float>())];
    }

    private static (Module Model, Optimizer Optimizer) Make(string name)
    {
        var model = new Sequential(new Linear(6, 9), new ReLU(), new Linear(9, 9), new ReLU(), new Linear(9, 3));
        _ = model.Initialize(new Philox(1));
        var options = new IsometryOptions { Strength = 0.1, Interval = 3 };
        var optimizer = name switch
        {
            "adamo" => new AdamO(model.Parameters(), 0.01, options),
            "muono" => (Optimizer)new MuonO(model.Parameters(), 0.01, options),
            "dopr-adamo" => new DoPr(new AdamO(model.Parameters(), 0.01, options), model),
            _ => new IsometryPenalty(new SGD(model.Parameters(), 0.01, momentum: 0.9), options),
        };
        optimizer.Schedule = LearningRateSchedule.WarmupCosine(3, 20);
        return (model, optimizer);
    }

    private static Sequential Small()
    {
        var model = new Sequential(new Linear(6, 9, type: DataType.Float64), new ReLU(), new Linear(9, 3, type: DataType.Float64));
        _ = model.Initialize(new Philox(1));
        return model;
    }
}
