using System.Text.Json;

namespace Kappa.Lab.Tests.Tasks.CartPole;

public sealed class CartPoleTaskTests
{
    [SkippableFact]
    public void A_linear_policy_fails_where_the_expert_swings_up()
    {
        Requires.Mujoco();
        var task = Prepare("""{ "demonstrations": 8, "validationDemonstrations": 1, "starts": 4 }""");
        var note = Assert.Single(task.Notes);
        Assert.Contains("Of 9 demonstrations 0 were not completed", note.Text, StringComparison.Ordinal);
        Assert.Equal(["linear least squares", "0.00", "0.00"], new[] { 0, 2, 3 }.Select(column => note.Table!.Rows[1][column].Text));
        Assert.True(double.Parse(note.Table!.Rows[1][1].Text, System.Globalization.CultureInfo.InvariantCulture) > 0.1);
    }

    [SkippableTheory]
    [InlineData("{}")]
    [InlineData("""{ "chunk": 4 }""")]
    [InlineData("""{ "chunk": 3, "head": "flow", "flowSteps": 4 }""")]
    [InlineData("""{ "observation": "picture", "side": 12 }""")]
    [InlineData("""{ "observation": "picture", "side": 12, "chunk": 2, "head": "flow", "flowSteps": 2 }""")]
    [InlineData("""{ "observation": "picture", "side": 12, "network": { "name": "mlp", "hidden": [8] } }""")]
    [InlineData("""{ "network": { "name": "mlp", "hidden": [8] } }""")]
    public void Every_way_to_see_and_to_act_trains_and_deploys(string settings)
    {
        Requires.Mujoco();
        var task = Prepare(Small(settings));
        var model = task.CreateModel(null, new Philox(3));
        var indices = Enumerable.Range(0, 32).ToArray();
        double before = task.ValidationLoss(model);
        var optimizer = new AdamW(model.Parameters(), 1e-2);
        for (int step = 0; step < 30; step++)
        {
            using var scope = TensorScope.Begin();
            task.TrainingLoss(model, indices, step).Backward();
            optimizer.Step();
            optimizer.ZeroGrad();
        }
        Assert.True(task.TrainingLoss(model, indices, 0).ToDouble() < before, "it does not learn");
        Assert.Equal(task.ValidationLoss(model), task.ValidationLoss(model));
        Assert.Equal(task.HeldOutLoss!(model).ToDouble(), task.ValidationLoss(model), 1e-4);
        Assert.NotEqual(task.ValidationLoss(model), task.PerturbedLoss!(model, CancellationToken.None));
        var deployed = task.Deploy(model, CancellationToken.None);
        Assert.Equal(deployed.Curves.SelectMany(curve => curve.Values), task.Deploy(model, CancellationToken.None).Curves.SelectMany(curve => curve.Values));
        Assert.All(deployed.Curves.SelectMany(curve => curve.Values).Concat(deployed.Scalars.Values), value => Assert.True(double.IsFinite(value)));
        Assert.Equal("upright", deployed.Curves[0].Name);
        Assert.True(Assert.Single(deployed.Pictures).Pixels.Length > 0);
        Assert.Equal(task.CreateWhitening() is null, settings.Contains("picture", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void The_return_counts_where_it_is_asked_for()
    {
        Requires.Mujoco();
        var (success, byReturn) = (Prepare(Small("{}")), Prepare(Small("""{ "metric": "return" }""")));
        var model = success.CreateModel(null, new Philox(3));
        var (one, other) = (success.Deploy(model, CancellationToken.None), byReturn.Deploy(model, CancellationToken.None));
        Assert.Equal("success: upright from 2 to 3 s", success.MetricName);
        Assert.Equal("mean return as a share of 3 s", byReturn.MetricName);
        Assert.Equal(one.Metric, other.Scalars["success"]);
        Assert.Equal(one.Scalars["mean return (s)"] / 3, other.Metric, 12);
        Assert.InRange(other.Metric, 1e-6, 1);
    }

    [SkippableTheory]
    [InlineData("{}")]
    [InlineData("""{ "chunk": 3, "head": "flow" }""")]
    public void Whitened_inputs_have_no_correlations(string settings)
    {
        Requires.Mujoco();
        var task = Prepare(Small(settings));
        var model = new TransformedModel(task.CreateWhitening()!, task.CreateModel(null, new Philox(3)));
        Assert.True(double.IsFinite(task.ValidationLoss(model)));
    }

    [SkippableFact]
    public void A_chunk_of_one_is_the_plain_policy()
    {
        Requires.Mujoco();
        var task = Prepare(Small("{}"));
        var model = task.CreateModel(new Kappa.Lab.Tasks.Models.ModelConfig { Hidden = [16] }, new Philox(4));
        var deployed = task.Deploy(model, CancellationToken.None);

        // The same by hand: standardise, ask the network, step.
        var scenario = new CartPoleScenario();
        var demonstrations = new RolloutOptions { Seconds = 3, ControlNoise = 0.1 };
        var training = CartPoleScenario.Demonstrate(4, demonstrations, "training", CancellationToken.None).SeenBy(CartPoleEye.OfState);
        var standardization = Standardization.Fit(training.Observations, 5);
        var starts = scenario.StartsOf(new RolloutOptions { Starts = 2, Seconds = 3 }, CancellationToken.None);
        using var data = CartPolePhysics.Model.CreateData();
        using var quiet = NoGradient.Begin();
        double sum = 0;
        for (int i = 0; i < 2; i++)
        {
            var rollout = new CartPoleRollout(i, starts.Expert[i].Rollout.States[0], new Philox(0), 0);
            while (rollout.GoesOn && rollout.Steps < 150)
            {
                float[] seen = new float[5];
                CartPoleEye.OfState.Observe(rollout.States, seen);
                standardization.ApplyInPlace(seen);
                rollout.Advance(data, model.Forward(Tensor.From<float>(seen, [1, 5])).ReadOnlyValues<float>()[0]);
            }
            sum += rollout.ReturnUntil(150);
        }
        Assert.Equal(sum / 2, deployed.Scalars["mean return (s)"], 1e-4);
    }

    [Theory]
    [InlineData("""{ "observation": "sound" }""", "observation")]
    [InlineData("""{ "head": "diffusion" }""", "head")]
    [InlineData("""{ "chunk": 0 }""", "chunk")]
    [InlineData("""{ "chunk": 101 }""", "chunk")]
    [InlineData("""{ "chunk": 1.5 }""", "chunk")]
    [InlineData("""{ "flowSteps": 0 }""", "flowSteps")]
    [InlineData("""{ "side": 7 }""", "side")]
    [InlineData("""{ "frames": 0 }""", "frames")]
    [InlineData("""{ "frameEvery": 0 }""", "frameEvery")]
    [InlineData("""{ "seconds": 1 }""", "seconds")]
    [InlineData("""{ "starts": 0 }""", "starts")]
    [InlineData("""{ "demonstrations": 0 }""", "demonstrations")]
    [InlineData("""{ "demonstrationNoise": -1 }""", "demonstrationNoise")]
    [InlineData("""{ "controlNoise": "loud" }""", "controlNoise")]
    [InlineData("""{ "network": { "name": "conv" } }""", "network")]
    [InlineData("""{ "network": { "name": "transformer" } }""", "network")]
    [InlineData("""{ "observation": "picture", "network": { "name": "transformer" } }""", "network")]
    [InlineData("""{ "colour": true }""", "colour")]
    public void Settings_that_cannot_be_are_named(string settings, string name)
    {
        var error = Assert.Throws<ConfigException>(() => Read(settings));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Two_networks_are_one_too_many()
    {
        Requires.Mujoco();
        var task = Prepare(Small("""{ "network": { "name": "mlp" } }"""));
        var error = Assert.Throws<ConfigException>(() => task.CreateModel(new Kappa.Lab.Tasks.Models.ModelConfig(), new Philox(1)));
        Assert.Contains("leave one of them out", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_task_says_what_it_needs()
    {
        var task = new Kappa.Lab.Tasks.CartPole.CartPoleTask();
        Assert.Equal(MujocoLibrary.IsAvailable ? null : MujocoLibrary.UnavailableReason, task.Unavailable);
    }

    private static PreparedTask Prepare(string settings)
    {
        var task = KappaCatalog.Choices.Find<LabTask>("cartpole");
        return task.Prepare(Read(settings), null, CancellationToken.None);
    }

    private static object Read(string settings) =>
        KappaCatalog.Choices.Find<LabTask>("cartpole").SettingsType.Read(JsonElement.Parse(settings), "task", KappaCatalog.Choices);

    private static string Small(string settings)
    {
        var all = System.Text.Json.Nodes.JsonNode.Parse(settings)!.AsObject();
        (all["demonstrations"], all["validationDemonstrations"], all["starts"], all["seconds"]) = (4, 1, 2, 3);
        return all.ToJsonString();
    }
}
