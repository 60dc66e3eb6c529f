using System.Text.Json;

namespace Kappa.Lab.Tests.Tasks.Humanoid;

public class HumanoidTaskTests
{
    [Theory]
    [InlineData("""{ "demonstration": 3 }""", "task.demonstration: unknown field \"demonstration\"; did you mean \"demonstrations\"?")]
    [InlineData("""{ "demonstrations": 0 }""", "task.demonstrations: expected an integer from 1 to 1000; got 0")]
    [InlineData("""{ "controlNoise": 2 }""", "task.controlNoise: expected a number from 0 to 1; got 2")]
    public void A_bad_setting_is_named_before_any_physics_runs(string json, string message)
    {
        using var document = JsonDocument.Parse(json);
        var error = Assert.Throws<ConfigException>(() => SettingsOf<HumanoidSettings>.Read(document.RootElement, "task", Choices.None));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Standardised_training_data_have_mean_zero_and_variance_one_and_constant_features_are_only_shifted()
    {
        float[] rows = [1, 7, 2, 7, 6, 7];
        Standardization.Fit(rows, 2).ApplyInPlace(rows);
        Assert.Equal(0, rows[0] + rows[2] + rows[4], 5);
        Assert.Equal(3, (rows[0] * rows[0]) + (rows[2] * rows[2]) + (rows[4] * rows[4]), 5);
        Assert.Equal([0f, 0f, 0f], [rows[1], rows[3], rows[5]]);
    }

    [Fact]
    public void The_least_squares_policy_recovers_an_affine_map()
    {
        var generator = new Philox(1);
        var x = Tensor.Normal([50, 3], generator);
        var w = Tensor.Normal([2, 3], generator);
        var b = Tensor.Normal([2], generator);
        var y = x.Linear(w, b);
        Assert.True(LeastSquaresPolicy.Fit(x, y).Error(x, y) < 1e-12);
    }

    [SkippableFact]
    public void Training_on_a_demonstration_lowers_the_validation_loss_and_deployment_is_repeatable()
    {
        Requires.Humanoid();
        using var document = JsonDocument.Parse("""{ "demonstrations": 1, "validationDemonstrations": 1, "starts": 2, "seconds": 0.5 }""");
        var task = HumanoidTask.Balance.Prepare(document.RootElement, null, CancellationToken.None);
        Assert.Equal(1000, task.TrainingCount);
        var model = task.CreateModel(new ModelConfig { Hidden = [16] }, new Philox(0));
        double before = task.ValidationLoss(model);
        var optimizer = new Kappa.Optimizers.AdamW(model.Parameters(), 1e-2);
        for (int step = 0; step < 60; step++)
        {
            using var scope = TensorScope.Begin();
            task.TrainingLoss(model, [.. Enumerable.Range(step * 16, 16)]).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }

        Assert.True(task.ValidationLoss(model) < before);
        var first = task.Deploy(model, CancellationToken.None);
        var second = task.Deploy(model, CancellationToken.None);
        Assert.InRange(first.Metric, 0, 1);
        Assert.Equal(first.Curves[1].Values, second.Curves[1].Values);
        Assert.True(first.Scalars.ContainsKey("success, control noise"));
    }

    [SkippableTheory]
    [InlineData("regression")]
    [InlineData("flow")]
    public void A_policy_that_decides_some_steps_at_once_trains_and_deploys(string head)
    {
        Requires.Humanoid();
        var settings = JsonElement.Parse($$"""
            { "demonstrations": 1, "validationDemonstrations": 1, "starts": 2, "seconds": 0.5, "chunk": 8, "head": "{{head}}", "flowSteps": 2 }
            """);
        var task = HumanoidTask.Squat.Prepare(settings, null, CancellationToken.None);
        Assert.Equal(993, task.TrainingCount);
        var model = task.CreateModel(new ModelConfig { Hidden = [16] }, new Philox(0));
        double before = task.ValidationLoss(model);
        var optimizer = new Kappa.Optimizers.AdamW(model.Parameters(), 1e-2);
        for (int step = 0; step < 60; step++)
        {
            using var scope = TensorScope.Begin();
            task.TrainingLoss(model, [.. Enumerable.Range(step * 16, 16)], step).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
        Assert.True(task.ValidationLoss(model) < before);
        Assert.Equal(task.Deploy(model, CancellationToken.None).Curves[1].Values, task.Deploy(model, CancellationToken.None).Curves[1].Values);
        Assert.Equal("1.00", task.Notes[0].Table!.Rows[0][2].Text);
        Assert.NotNull(task.CreateWhitening());
    }
}
