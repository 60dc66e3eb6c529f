using System.Text.Json;
using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Tasks.Control;

public class LinearControlTaskTests
{
    [Theory]
    [InlineData("raw")]
    [InlineData("standardised")]
    [InlineData("whitened")]
    public void A_learner_with_the_demonstrators_weights_costs_what_the_demonstrator_does(string inputs)
    {
        var task = Systems.Prepare($$"""{"inputs": "{{inputs}}"}""");
        var model = Demonstrating(task);
        var deployment = task.Deploy(model, CancellationToken.None);
        Assert.Equal(1, deployment.Metric, 1e-4);
        Assert.All(deployment.Curves[0].Values, value => Assert.Equal(1, value, 1e-4));
        Assert.Equal(Enumerable.Range(1, 100).Select(t => (double)t), deployment.Curves[0].Horizons);
        Assert.True(deployment.Curves[0].LogScale);
        Assert.Equal(0, deployment.Scalars["subspace distance"], 1e-4);
        Assert.Equal(0, deployment.Scalars["expected excess loss"], 1e-9);
        Assert.Equal(0, deployment.Scalars["unstable"]);
        Assert.InRange(deployment.Scalars["spectral radius"], 0.01, 0.99);
        Assert.Equal(0, task.ValidationLoss(model), 1e-9);
        using var scope = TensorScope.Begin();
        Assert.Equal(0, task.TrainingLoss(model, [5, 0, 4095]).ToDouble(), 1e-9);
    }

    [Fact]
    public void Losses_are_mean_squared_errors_over_examples_and_action_coordinates()
    {
        var task = Systems.Prepare("""{"noise": 0.1}""");
        var model = task.CreateModel(null, new Philox(3));
        var gain = task.Gain(model);
        var data = task.Demonstrations;
        int[] indices = [7, 7, 1000];
        double expected = indices.Average(index => SquaredError(data.TrainingStates[index], data.TrainingActions[index]));
        using var scope = TensorScope.Begin();
        Assert.Equal(expected, task.TrainingLoss(model, indices).ToDouble(), expected * 1e-5);
        double expectedValidation = Enumerable.Range(0, data.ValidationStates.Count)
            .Average(index => SquaredError(data.ValidationStates[index], data.ValidationActions[index]));
        Assert.Equal(expectedValidation, task.ValidationLoss(model), expectedValidation * 1e-12);
        Assert.Equal(expectedValidation, task.Deploy(model, CancellationToken.None).Scalars["validation loss"], expectedValidation * 1e-12);

        double SquaredError(ReadOnlySpan<double> state, ReadOnlySpan<double> action)
        {
            var error = (gain * Vector<double>.Build.Dense(state.ToArray())) - Vector<double>.Build.Dense(action.ToArray());
            return error * error / action.Length;
        }
    }

    [Fact]
    public void Whitened_inputs_have_the_identity_as_their_second_moment_and_standardised_ones_a_unit_diagonal()
    {
        foreach (string inputs in new[] { "whitened", "standardised" })
        {
            var task = Systems.Prepare($$"""{"inputs": "{{inputs}}", "hidden": 8, "actions": 8, "rank": 8}""");
            using var scope = TensorScope.Begin();

            // With G = I and F = 0 the learner's hidden activations are what it sees.
            var model = task.CreateModel(null, new Philox(3));
            var states = model.Parameters()[0].Tensor;
            states.CopyFromInPlace(ToTensor(Matrix<double>.Build.DenseIdentity(8)));
            model.Parameters()[1].Tensor.CopyFromInPlace(ToTensor(Matrix<double>.Build.DenseIdentity(8)));
            var transform = task.Gain(model);
            var second = task.Demonstrations.TrainingStates.Mapped(transform).SecondMoment();
            for (int i = 0; i < 8; i++)
                Assert.Equal(1, second[i, i], 1e-8);
            if (inputs == "whitened")
                Systems.AssertClose(Matrix<double>.Build.DenseIdentity(8), second, 1e-8);
        }
    }

    [Fact]
    public void A_learner_that_does_nothing_leaves_an_unstable_plant_unstable_and_says_so()
    {
        var task = Systems.Prepare();
        var model = task.CreateModel(null, new Philox(3));
        model.Parameters()[1].Tensor.Values<float>().Clear();
        var deployment = task.Deploy(model, CancellationToken.None);
        Assert.Equal(1, deployment.Scalars["unstable"]);
        Assert.Equal(1.05, deployment.Scalars["spectral radius"], 1e-12);
        Assert.True(deployment.Metric > 100);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e30f)]
    public void Weights_that_have_blown_up_give_the_worst_finite_figures(float weight)
    {
        var task = Systems.Prepare();
        var model = task.CreateModel(null, new Philox(3));
        model.Parameters()[0].Tensor.Values<float>()[3] = weight;
        var deployment = task.Deploy(model, CancellationToken.None);
        Assert.Equal(1, deployment.Scalars["unstable"]);
        Assert.Equal(ClosedLoopCost.Cap, deployment.Metric);
        Assert.All(deployment.Scalars.Values.Concat(deployment.Curves[0].Values), value => Assert.True(double.IsFinite(value)));
        Assert.False(double.IsNaN(task.ValidationLoss(model)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_task_and_model_to_the_last_bit_and_another_seed_another()
    {
        float[] Trained(int systemSeed)
        {
            var task = Systems.Prepare($$"""{"systemSeed": {{systemSeed}}, "noise": 0.1}""");
            var model = task.CreateModel(null, new Philox(11));
            using var scope = TensorScope.Begin();
            task.TrainingLoss(model, [1, 2, 3, 4, 5]).Backward();
            return [.. model.Parameters().SelectMany(parameter => parameter.Tensor.Gradient!.ToArray<float>()), (float)task.Deploy(model, default).Metric];
        }

        Assert.Equal(Trained(3), Trained(3));
        Assert.NotEqual(Trained(3), Trained(4));
    }

    [Fact]
    public void Several_threads_may_use_one_prepared_task()
    {
        var task = Systems.Prepare();
        double[] metrics = new double[64];
        _ = Parallel.For(0, metrics.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            var model = task.CreateModel(null, new Philox(5));
            using var scope = TensorScope.Begin();
            task.TrainingLoss(model, [i, i + 1]).Backward();
            metrics[i] = task.Deploy(model, CancellationToken.None).Metric;
        });
        _ = Assert.Single(metrics.Distinct());
    }

    [Fact]
    public void The_data_outlive_a_scope_that_the_task_was_prepared_in()
    {
        PreparedLinearControl task;
        using (TensorScope.Begin())
            task = Systems.Prepare();
        using var scope = TensorScope.Begin();
        Assert.True(double.IsFinite(task.TrainingLoss(task.CreateModel(null, new Philox(1)), [0]).ToDouble()));
    }

    [Theory]
    [InlineData("""{"conditoin": 100}""", "task.conditoin: unknown field \"conditoin\"; did you mean \"condition\"?")]
    [InlineData("""{"condition": 0.5}""", "task.condition: expected a number from 1 to 100000000; got 0.5")]
    [InlineData("""{"rank": 5}""", "task.rank: expected an integer from 1 to 4; got 5")]
    [InlineData("""{"hidden": 2}""", "task.hidden: expected an integer from 4 to 1024; got 2")]
    [InlineData("""{"examples": 8}""", "task.examples: expected an integer from 9 to 1000000; got 8")]
    [InlineData("""{"noise": -1}""", "task.noise: expected a number from 0 to 10; got -1")]
    [InlineData("""{"spectralRadius": 0}""", "task.spectralRadius: expected a number above 0 and at most 2; got 0")]
    [InlineData("""{"inputs": "white"}""", "task.inputs: unknown value \"white\"")]
    [InlineData("""{"states": 1, "condition": 10}""", "task.condition: a single state has condition number 1")]
    public void A_wrong_setting_is_named(string settings, string message) =>
        Assert.StartsWith(message, Assert.Throws<ConfigException>(() => Systems.Prepare(settings)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"states": 1, "actions": 1}""")]
    [InlineData("""{"states": 3, "actions": 2}""")]
    [InlineData("""{"states": 2, "actions": 5}""")]
    [InlineData("""{"states": 24, "actions": 12, "rank": 8, "examples": 200}""")]
    [InlineData("""{"condition": 1, "horizon": 1, "examples": 9, "validationExamples": 1, "hidden": 4}""")]
    public void Other_sizes_work(string settings)
    {
        var task = Systems.Prepare(settings);
        Assert.Equal(1, task.Deploy(Demonstrating(task), CancellationToken.None).Metric, 1e-3);
        Assert.NotEmpty(task.Pair.Sentence);
    }

    [Fact]
    public void A_model_in_the_config_is_an_error_that_says_what_to_do()
    {
        var error = Assert.Throws<ConfigException>(() => Systems.Prepare().CreateModel(new ModelConfig(), new Philox(1)));
        Assert.Contains("task.hidden", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_another_kind_is_an_error_that_names_what_was_expected()
    {
        var error = Assert.Throws<ArgumentException>(() => Systems.Prepare().ValidationLoss(new Sequential(new Linear(8, 4))));
        Assert.Contains("features.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("0.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_is_described_and_the_defaults_as_written_are_the_defaults()
    {
        var task = new LinearControlTask();
        string all = task.SettingsType.Write(new LinearControlSettings()).ToJsonString();
        Assert.Equal(all, task.SettingsType.Write(task.SettingsType.Read(JsonElement.Parse(all), "task", Choices.None)).ToJsonString());
        Assert.Equal(new LinearControlSettings(), task.SettingsType.Read(null, "task", Choices.None));
        Assert.Equal(12, task.SettingsType.Help(Choices.None).Count);
    }

    /// <summary>F = the left singular vectors, G = the rest, padded with zeros to the hidden width, behind the task's transform of the inputs.</summary>
    private static Module Demonstrating(PreparedLinearControl task)
    {
        var model = task.CreateModel(null, new Philox(3));
        var (features, actions) = (model.Parameters()[0].Tensor, model.Parameters()[1].Tensor);
        int states = features.Shape[1];
        int hidden = features.Shape[0];

        // The transform T is what Gain gives for F G = I; solving with it needs no knowledge of it. Rows of states of Gain(F G = e_i).
        var gain = task.DemonstratorGain * Inverse(task, states, hidden, actions.Shape[0]);
        var svd = gain.Svd();
        int rank = Math.Min(Math.Min(states, gain.RowCount), hidden);
        actions.CopyFromInPlace(ToTensor(Matrix<double>.Build.Dense(gain.RowCount, hidden, (i, j) => j < rank ? svd.U[i, j] : 0)));
        features.CopyFromInPlace(ToTensor(Matrix<double>.Build.Dense(hidden, states, (i, j) => i < rank ? svd.S[i] * svd.VT[i, j] : 0)));
        return model;
    }

    private static Matrix<double> Inverse(PreparedLinearControl task, int states, int hidden, int actionCount)
    {
        var transform = Matrix<double>.Build.Dense(states, states);
        var probe = task.CreateModel(null, new Philox(3));
        for (int i = 0; i < states; i++)
        {
            probe.Parameters()[0].Tensor.CopyFromInPlace(ToTensor(Matrix<double>.Build.Dense(hidden, states, (h, j) => h == 0 && j == i ? 1 : 0)));
            probe.Parameters()[1].Tensor.CopyFromInPlace(ToTensor(Matrix<double>.Build.Dense(actionCount, hidden, (a, h) => a == 0 && h == 0 ? 1 : 0)));
            transform.SetRow(i, task.Gain(probe).Row(0));
        }

        return transform.Inverse();
    }

    private static Tensor ToTensor(Matrix<double> matrix) =>
        Tensor.From([.. matrix.ToRowMajorArray().Select(value => (float)value)], [matrix.RowCount, matrix.ColumnCount]);
}
