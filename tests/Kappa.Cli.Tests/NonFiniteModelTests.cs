using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Kappa.Cli.Tests;

/// <summary>A model whose numbers have diverged is named and not used, by whichever command reads it.</summary>
public sealed class NonFiniteModelTests
{
    private const string Config = """
        {
          "name": "small",
          "data": { "name": "text", "path": "text.txt" },
          "model": { "name": "transformer", "width": 8, "layers": 1, "heads": 2, "contextLength": 8 },
          "optimizer": { "name": "adamw", "learningRate": 0.01 },
          "steps": 4, "batchSize": 2, "validationExamples": 2, "checkpointEvery": 2
        }
        """;

    public static TheoryData<string, double> Faults
    {
        get
        {
            var faults = new TheoryData<string, double>();
            foreach (string tensor in new[] { "head.weight", "embedding.weight", "block0.attention.query.weight" })
            {
                foreach (double value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
                    faults.Add(tensor, value);
            }

            return faults;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Every_command_names_the_tensor_the_index_and_the_file(string tensor, double value)
    {
        using var folder = Trained();
        string checkpoint = folder["run/checkpoints/step-00000004"];
        string name = Spoil(checkpoint, tensor, value);
        File.Delete(folder["run/result.json"]);
        foreach (string[] command in new string[][]
        {
            ["generate", folder["run"], "--tokens", "3"], ["generate", folder["run"], "--tokens", "3", "--temperature", "0"], ["generate", checkpoint],
            ["diagnose", folder["run"], "--kernel", "0"], ["probe", folder["run"], "--samples", "2", "--top", "1"], ["train", "--resume", folder["run"]],
        })
        {
            var run = CommandRun.Of(command);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains($"{Path.Combine(checkpoint, "model.safetensors")}: {name} [", run.Error, StringComparison.Ordinal);
            Assert.Contains($"holds {value} at index [0, 1]", run.Error, StringComparison.Ordinal);
            Assert.Contains("step-00000002", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("fault of Kappa", run.Error, StringComparison.Ordinal);
        }

        // What the message says is the way out.
        Directory.Delete(checkpoint, recursive: true);
        Assert.Equal(0, CommandRun.Of("generate", folder["run"], "--tokens", "3").ExitCode);
        Assert.Equal(0, CommandRun.Of("train", "--resume", folder["run"]).ExitCode);
    }

    [Fact]
    public void Finite_weights_whose_outputs_overflow_are_no_likeliest_token()
    {
        using var folder = Trained();
        // Finite, and so large that the head's sums are not.
        _ = Spoil(folder["run/checkpoints/step-00000004"], "head.weight", 3e38, all: true);
        var run = CommandRun.Of("generate", folder["run"], "--tokens", "3", "--temperature", "0");
        Assert.Equal(1, run.ExitCode);
        Assert.Matches("the model's output for token [0-9]+ of [0-9]+ is (NaN|∞|Infinity)", run.Error);
    }

    [Fact]
    public void Rescale_names_the_parameter_of_a_perceptron()
    {
        using var folder = new TemporaryFolder();
        var model = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2)).Initialize(new Randomness.Philox(0));
        model.StateDict()["2.weight"].Values<float>()[5] = float.NaN;
        model.StateDict().Save(folder["model.safetensors"]);
        File.WriteAllText(folder["model.json"], """{ "hidden": [4] }""");
        var run = CommandRun.Of("rescale", folder["model.safetensors"], "--model", folder["model.json"], "--analyse");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("2.weight [2, 4] holds NaN at index [1, 1]", run.Error, StringComparison.Ordinal);
    }

    private static TemporaryFolder Trained()
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("A sheep and another sheep.\n", 40)));
        File.WriteAllText(folder["run.json"], Config);
        Assert.Equal(0, CommandRun.Of("train", folder["run.json"], "--out", folder["run"]).ExitCode);
        return folder;
    }

    /// <summary>Puts a number into a tensor of a checkpoint, and the size and the hash of the new file into its state.</summary>
    private static string Spoil(string checkpoint, string tensor, double value, bool all = false)
    {
        string path = Path.Combine(checkpoint, "model.safetensors"), state = Path.Combine(checkpoint, "state.json");
        var weights = StateDict.Load(path);
        string name = weights.Names.Single(candidate => candidate == tensor);
        if (all)
            weights[name].Values<float>().Fill((float)value);
        else
            weights[name].Values<float>()[1] = (float)value;
        weights.Save(path);
        var json = JsonNode.Parse(File.ReadAllText(state))!.AsObject();
        byte[] bytes = File.ReadAllBytes(path);
        json["files"]!["model.safetensors"] = new JsonObject { ["bytes"] = bytes.Length, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)) };
        File.WriteAllBytes(state, SealedJson.Seal(json));
        return name;
    }
}
