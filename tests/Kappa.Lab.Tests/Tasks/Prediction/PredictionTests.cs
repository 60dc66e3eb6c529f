using System.Text.Json;

namespace Kappa.Lab.Tests.Tasks.Prediction;

/// <summary>Classes and numbers of one's own data, judged where inputs differ.</summary>
public sealed class PredictionTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Noise_has_its_deviation_and_is_the_same_whenever_an_example_is_read(double strength)
    {
        var data = new TensorDataSet(Tensor.Zeros([400, 50]), Tensor.Zeros([400], DataType.Int32));
        var shifted = new ShiftedDataSet(data, Shift.Noise, strength);
        float[] all = shifted.Take([.. Enumerable.Range(0, 400)]).Inputs.ToArray<float>();
        Assert.Equal(strength, Math.Sqrt(all.Average(value => value * value)), 0.02 * strength);
        Assert.Equal(all[(7 * 50)..(8 * 50)], shifted.Take([7]).Inputs.ToArray<float>());
        Assert.NotEqual(all[..50], all[50..100]);
    }

    [Fact]
    public void The_same_share_of_inputs_is_missing_in_every_example()
    {
        var data = new TensorDataSet(Tensor.Ones([3, 40]), Tensor.Zeros([3], DataType.Int32));
        float[] all = new ShiftedDataSet(data, Shift.Missing, 0.25).Take([0, 1, 2]).Inputs.ToArray<float>();
        Assert.Equal(10, all[..40].Count(value => value == 0));
        Assert.Equal(all[..40], all[40..80]);
        Assert.Equal(all[..40], all[80..]);
    }

    [Fact]
    public void A_blur_spreads_a_point_as_a_normal_density_and_leaves_what_is_even()
    {
        float[] point = new float[2 * 21 * 21];
        point[(10 * 21) + 10] = 1;
        point.AsSpan(21 * 21).Fill(3);
        var data = new TensorDataSet(Tensor.From(point, [1, 2, 21, 21]), Tensor.Zeros([1], DataType.Int32));
        float[] blurred = new ShiftedDataSet(data, Shift.Blur, 1.5).Take([0]).Inputs.ToArray<float>();
        Assert.Equal(1, blurred[..(21 * 21)].Sum(), 1e-5);
        Assert.All(blurred[(21 * 21)..], value => Assert.Equal(3, value, 1e-5));
        double variance = Enumerable.Range(0, 21 * 21).Sum(i => blurred[i] * Math.Pow((i % 21) - 10, 2));
        Assert.Equal(2.25, variance, 0.1);
        Assert.Equal(blurred[(10 * 21) + 12], blurred[(8 * 21) + 10], 1e-7);
    }

    [Fact]
    public void A_model_is_judged_at_the_strength_that_was_asked_for_and_every_metric_has_its_curve()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(
            folder["a.csv"],
            ["x,y,kind", .. Enumerable.Range(0, 240).Select(i => FormattableString.Invariant($"{(i % 2 * 4) + (i % 7 / 4.0):0.00},{i % 5}.25,k{i % 2}"))]);
        var task = Prepare(folder, "\"metric\": \"macro F1\", \"strengths\": [0, 3], \"deployAt\": 3");
        Assert.Equal(("macro F1", true, 192), (task.MetricName, task.HigherIsBetter, task.TrainingCount));
        var model = task.CreateModel(new ModelConfig { Hidden = [8] }, new Philox(1));
        var loop = new TrainingLoop(new AdamW(model.Parameters(), 0.05), () => task.TrainingLoss(model, [.. Enumerable.Range(0, 192)]));
        loop.Run(60, CancellationToken.None);
        Assert.True(loop.LastLoss < 0.3, $"{loop.LastLoss}");
        var deployment = task.Deploy(model, CancellationToken.None);
        var curve = deployment.Curves[0];
        Assert.Equal(("macro F1", deployment.Metric), (curve.Name, curve.Values[1]));
        Assert.True(curve.Values[0] > 0.95 && deployment.Metric < 0.9, string.Join(' ', curve.Values));
        Assert.Contains(deployment.Curves, other => other.Name == "accuracy");
        Assert.Contains("calibration error", deployment.Scalars.Keys);
    }

    [Theory]
    [InlineData("\"metric\": \"beauty\"", "task.metric: there is no \"beauty\"; expected accuracy, ")]
    [InlineData("\"deployAt\": 0.2", "task.deployAt: expected one of the strengths")]
    [InlineData("\"shift\": \"blur\"", "blur is for pictures")]
    [InlineData("\"network\": { \"name\": \"conv\" }", "conv does not take what csv holds; expected mlp")]
    public void What_cannot_be_asked_for_is_named(string setting, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["a.csv"], ["x,kind", .. Enumerable.Range(0, 20).Select(i => $"{i}.5,k{i % 2}")]);
        Assert.Contains(message, Assert.Throws<ConfigException>(() => Prepare(folder, setting)).Message, StringComparison.Ordinal);
    }

    private static PreparedTask Prepare(TemporaryFolder folder, string settings)
    {
        var config = ComparisonConfig.Parse(
            $$"""
            { "name": "x", "optimizers": [ { "name": "adamw" } ],
              "task": { "name": "prediction", "data": { "name": "csv", "path": {{JsonSerializer.Serialize(folder["a.csv"])}}, "target": "kind" },
                        {{settings}} } }
            """, KappaCatalog.Choices);
        return config.Task.Kind.Prepare(config.Task.Settings, null, CancellationToken.None);
    }
}
