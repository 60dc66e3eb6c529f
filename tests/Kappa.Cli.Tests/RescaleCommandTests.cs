namespace Kappa.Cli.Tests;

public sealed class RescaleCommandTests
{
    [Fact]
    public void Rescale_prints_the_scales_and_writes_weights_of_the_same_function()
    {
        using var folder = new TemporaryFolder();
        var model = Perceptron(folder, """{ "name": "mlp", "hidden": [12, 3] }""");
        var run = CommandRun.Of("rescale", folder["weights.safetensors"], "--model", folder["model.json"], "--out", folder["out.safetensors"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith(
            $"{folder["weights.safetensors"]}: 6 tensors loaded, by name\n  0.weight -> 0.weight  [12, 6]\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n\nPathCond: 15 units, 139 parameters\n", run.Output, StringComparison.Ordinal);
        Assert.Matches("\n  0 +Linear +12 +[0-9.]+ +[0-9.]+ +[0-9.]+\n  2 +Linear +3 ", run.Output);
        Assert.Matches("\n  4 +4 +it is an output of the network\n", run.Output);
        Assert.Matches("\nCriterion F: [0-9.]+ before, [0-9.]+ after [0-9]+ sweeps\nConverged: ", run.Output);
        Assert.EndsWith($"Wrote {folder["out.safetensors"]}\n", run.Output, StringComparison.Ordinal);
        var other = Make(12, 3);
        other.LoadStateDict(StateDict.Load(folder["out.safetensors"]));
        Assert.NotEqual(model.Parameters()[0].Tensor.ToArray<float>(), other.Parameters()[0].Tensor.ToArray<float>());
        using var x = Tensor.Normal([5, 6], new Philox(2));
        Assert.All(model.Forward(x).ToArray<float>().Zip(other.Forward(x).ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void A_run_knows_its_model()
    {
        using var folder = OwnFiles.Make("csv");
        Assert.Equal(0, CommandRun.Of("train", folder["configs/train.json"], "--out", folder["run"]).ExitCode);
        var whole = CommandRun.Of("rescale", folder["run"], "--out", folder["whole.safetensors"]);
        Assert.Equal((0, ""), (whole.ExitCode, whole.Error));
        Assert.StartsWith($"{folder["run"]}/", whole.Output, StringComparison.Ordinal);
        string checkpoint = whole.Output.Split(':')[0];
        string[] described = [$"{checkpoint}/model.safetensors", "--model", folder["run/config.json"]];
        var part = CommandRun.Of(["rescale", .. described, "--out", folder["part.safetensors"]]);
        Assert.Equal((0, ""), (part.ExitCode, part.Error));
        var (one, other) = (StateDict.Load(folder["whole.safetensors"]), StateDict.Load(folder["part.safetensors"]));
        Assert.Equal(other.Select(entry => entry.Key), one.Select(entry => entry.Key));
        Assert.All(one, entry => Assert.Equal(other[entry.Key].ToArray<float>(), entry.Value.ToArray<float>()));
        Assert.NotEqual(StateDict.Load(described[0])["0.weight"].ToArray<float>(), one["0.weight"].ToArray<float>());
    }

    [Fact]
    public void The_output_may_be_the_input()
    {
        using var folder = new TemporaryFolder();
        _ = Perceptron(folder, """{ "hidden": [12, 3] }""");
        string weights = folder["weights.safetensors"];
        byte[] before = File.ReadAllBytes(weights);
        var run = CommandRun.Of("rescale", weights, "--model", folder["model.json"], "--out", weights, "--enorm", "--sweeps", "3", "--tolerance", "0");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Sum of squares: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("after 3 sweeps\nNot converged: ", run.Output, StringComparison.Ordinal);
        byte[] after = File.ReadAllBytes(weights);
        Assert.Equal(before.Length, after.Length);
        Assert.NotEqual(before, after);
        Assert.Equal(["model.json", "weights.safetensors"], Directory.GetFiles(folder.FullPath).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Analysis_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        _ = Perceptron(folder, """{ "name": "run", "data": { "name": "fashion-mnist" }, "model": { "name": "mlp", "hidden": [12, 3] } }""");
        byte[] before = File.ReadAllBytes(folder["weights.safetensors"]);
        var run = CommandRun.Of("rescale", folder["weights.safetensors"], "--model", folder["model.json"], "--analyse");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.EndsWith("Nothing was written.\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder["weights.safetensors"]));
        Assert.Equal(2, Directory.GetFiles(folder.FullPath).Length);
    }

    [Theory]
    [InlineData("conv", """{ "name": "conv", "channels": [3, 4], "batchNorm": true }""")]
    [InlineData("resnet18", """{ "name": "resnet18", "width": 4 }""")]
    public void Pictures_need_a_size_which_may_come_from_three_places(string name, string description)
    {
        using var folder = new TemporaryFolder();
        Module model = name == "conv"
            ? new Sequential(
                new Conv2d(1, 3, 3, padding: 1, bias: false), new BatchNorm2d(3), new ReLU(), new MaxPool2d(2), new Conv2d(3, 4, 3, padding: 1, bias: false),
                new BatchNorm2d(4), new ReLU(), new GlobalAvgPool2d(), new Linear(4, 5))
            : new ResNet18(1, 5, 4);
        model.StateDict().Save(folder["weights.safetensors"]);
        CommandRun Run(string json, params string[] more)
        {
            File.WriteAllText(folder["model.json"], json);
            return CommandRun.Of(["rescale", folder["weights.safetensors"], "--model", folder["model.json"], "--analyse", .. more]);
        }

        var missing = Run(description);
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("give --input-shape 1,<height>,<width>", missing.Error, StringComparison.Ordinal);
        var given = Run(description, "--input-shape", "1,28,28");
        Assert.Equal((0, ""), (given.ExitCode, given.Error));
        Assert.Contains("BatchNorm", given.Output, StringComparison.Ordinal);
        Assert.Equal(given, Run(description.Replace(" }", ", \"inputShape\": [1, 28, 28] }", StringComparison.Ordinal)));
        Assert.Equal(given, Run($$"""{ "data": { "name": "handwritten-digits" }, "model": {{description}} }"""));
        var wrong = Run(description, "--input-shape", "3,28,28");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("expected 1 channels", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_model_are_refused_with_every_name()
    {
        using var folder = new TemporaryFolder();
        _ = Perceptron(folder, """{ "name": "mlp", "hidden": [12, 4, 5], "bias": false }""");
        var run = CommandRun.Of("rescale", folder["weights.safetensors"], "--model", folder["model.json"], "--out", folder["out.safetensors"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("missing: 6.weight", run.Error, StringComparison.Ordinal);
        Assert.Contains("unexpected: 0.bias [12], 2.bias [3], 4.bias [4]", run.Error, StringComparison.Ordinal);
        Assert.Contains("misshapen: 2.weight (expected [4, 12] Float32, got 2.weight [3, 12] F32)", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["out.safetensors"]));
    }

    [Fact]
    public void A_model_that_has_nothing_to_rescale_fails_with_the_reasons()
    {
        using var folder = new TemporaryFolder();
        _ = Perceptron(folder, """{ "name": "mlp", "hidden": [12, 3], "activation": "gelu" }""");
        var run = CommandRun.Of("rescale", folder["weights.safetensors"], "--model", folder["model.json"], "--analyse");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("0: its activation Gelu is not positively homogeneous", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("fault of Kappa", run.Error, StringComparison.Ordinal);
        File.WriteAllText(folder["model.json"], """{ "name": "transformer" }""");
        var text = CommandRun.Of("rescale", folder["weights.safetensors"], "--model", folder["model.json"], "--analyse");
        Assert.Equal(2, text.ExitCode);
        Assert.Contains("expected mlp, conv, resnet18", text.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("give --out")]
    [InlineData("leave --out out", "--analyse", "--out", "x")]
    [InlineData("--sweeps: expected an integer of 1 or more; got 0", "--analyse", "--sweeps", "0")]
    [InlineData("--tolerance: expected a number of 0 or more; got -1", "--analyse", "--tolerance", "-1")]
    [InlineData("--input-shape: expected lengths of 1 or more", "--analyse", "--input-shape", "3,0")]
    public void Bad_usage_is_told(string expected, params string[] more)
    {
        var run = CommandRun.Of(["rescale", "weights.safetensors", "--model", "model.json", .. more]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_named_and_nothing_is_written()
    {
        using var folder = new TemporaryFolder();
        var model = Perceptron(folder, """{ "hidden": [12, 3] }""");
        model.Parameters()[2].Tensor.Values<float>()[7] = float.NaN;
        model.StateDict().Save(folder["weights.safetensors"]);
        var run = CommandRun.Of("rescale", folder["weights.safetensors"], "--model", folder["model.json"], "--out", folder["out.safetensors"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("2.weight [3, 12] holds NaN at index [0, 7]", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["out.safetensors"]));
    }

    private static Module Make(params int[] hidden)
    {
        int[] widths = [6, .. hidden, 4];
        var modules = new List<Module>();
        for (int i = 1; i < widths.Length; i++)
        {
            if (i > 1)
                modules.Add(new ReLU());
            modules.Add(new Linear(widths[i - 1], widths[i]));
        }

        return new Sequential([.. modules]).Initialize(new Philox(1));
    }

    private static Module Perceptron(TemporaryFolder folder, string description)
    {
        var model = Make(12, 3);
        model.StateDict().Save(folder["weights.safetensors"]);
        File.WriteAllText(folder["model.json"], description);
        return model;
    }
}
