using System.Text.Json.Nodes;
using System.Text;

namespace Kappa.Cli.Tests;

/// <summary>Whatever the user gets wrong is said in the user's terms: what was expected, what came, the way out. Nothing here is a fault of Kappa.</summary>
public sealed class BadInputTests
{
    private const string Small = """
        {
          "name": "small",
          "data": { "name": "text", "path": "text.txt" },
          "model": { "name": "transformer", "width": 8, "layers": 1, "heads": 2, "contextLength": 8 },
          "optimizer": { "name": "adamw", "learningRate": 0.01 },
          "steps": 3, "batchSize": 2, "validationExamples": 2
        }
        """;

    private const string Half = "\"\\ud800\"";

    /// <summary>The command line, where {x} stands for a file of the test's folder; what the message says; the exit code.</summary>
    public static TheoryData<string, string, int> CommandLines => new()
    {
        { "train {none.json}", "there is no such file", 2 },
        { "train {folder}", "it is a folder", 2 },
        { "train {empty.json}", "not valid JSON", 2 },
        { "train {cut.json}", "not valid JSON", 2 },
        { "train {latin1.json}", "expected UTF-8 text; got the byte 0xe9 at offset 13", 2 },
        { "train {list.json}", "expected an object in braces", 2 },
        { "train ''", "config: expected a value; got an empty one", 2 },
        { "train {small.json} --out ''", "--out: expected a folder; got an empty one", 2 },
        { "train {small.json} --out {small.json}", "expected a folder; it is a file", 2 },
        { "train --resume ''", "--resume: expected a folder; got an empty one", 2 },
        { "train --resume {none}", "there is no run of kappa train here", 2 },
        { "train --resume {folder}", "there is no run of kappa train here", 2 },
        { "train --resume {small.json}", "there is no run of kappa train here", 2 },
        { "train", "expected a config, or --resume and the folder of a run", 2 },
        { "compare ''", "config: expected a value; got an empty one", 2 },
        { "compare {none.json}", "there is no such file", 2 },
        { "compare {folder}", "there is no run of kappa compare here", 2 },
        { "compare {small.json}", "unknown field \"data\"", 2 },
        { "compare {none.json} --jobs 0", "--jobs: expected an integer of 1 or more; got 0", 2 },
        { "compare {none.json} --jobs x", "--jobs: expected an integer of 1 or more; got x", 2 },
        { "compare {none.json} --jobs 99999999999", "--jobs: expected an integer of 1 or more; got 99999999999", 2 },
        { "generate ''", "run: expected a value; got an empty one", 2 },
        { "generate {none}", "there is no such folder", 2 },
        { "generate {folder}", "there is no run of kappa train here (no run.json). Give the folder that it wrote into\n", 2 },
        { "generate {none} --tokens 0", "--tokens: expected an integer of 1 or more; got 0", 2 },
        { "generate {none} --seed -1", "--seed: expected an integer of 0 or more; got -1", 2 },
        { "generate {none} --top-k -1", "--top-k: expected an integer of 0 or more; got -1", 2 },
        { "generate {none} --top-p 0", "--top-p: expected a number above 0 and at most 1; got 0", 2 },
        { "generate {none} --top-p 1.5", "--top-p: expected a number above 0 and at most 1; got 1.5", 2 },
        { "generate {none} --samples 0", "--samples: expected an integer of 1 or more; got 0", 2 },
        { "generate {none} --temperature NaN", "--temperature: expected a number of 0 or more; got NaN", 2 },
        { "generate {none} --temperature 1e999", "--temperature: expected a number of 0 or more; got 1e999", 2 },
        { "generate {none} --device tpu", "--device: expected cpu, ", 2 },
        { "generate {none} --device mps", "the device mps cannot be used here", 2 },
        { "report ''", "runs: expected a value; got an empty one", 2 },
        { "report {none}", "--out: expected the folder that the files go to", 2 },
        { "report {none} --out {other}", "got nothing: there is no such folder", 2 },
        { "report {small.json} --out {other}", "got a file", 2 },
        { "report {folder} --out {other}", "got a folder without one", 2 },
        { "report --out {other}", "missing for command: 'report'", 2 },
        { "diagnose ''", "run: expected a value; got an empty one", 2 },
        { "diagnose {none}", "there is no such folder", 2 },
        { "diagnose {none} --examples 0", "--examples: expected an integer of 1 or more; got 0", 2 },
        { "diagnose {none} --jacobians -1", "--jacobians: expected an integer of 0 or more; got -1", 2 },
        { "diagnose {none} --device mps", "the device mps cannot be used here", 2 },
        { "predict {none} {none} --device mps", "the device mps cannot be used here", 2 },
        { "probe ''", "run: expected a value; got an empty one", 2 },
        { "probe {none}", "there is no such folder", 2 },
        { "probe {none} --top 0", "--top: expected an integer of 1 or more; got 0", 2 },
        { "probe {none} --seed -1", "--seed: expected an integer of 0 or more; got -1", 2 },
        { "probe {none} --seed x", "--seed: expected an integer of 0 or more; got x", 2 },
        { "probe {none} --tolerance NaN", "--tolerance: expected a finite number above zero; got NaN", 2 },
        { "probe {none} --tolerance 1e999", "--tolerance: expected a finite number above zero; got 1e999", 2 },
        { "probe {none} --criteria --sigma NaN", "--sigma: expected finite numbers above zero; got NaN", 2 },
        { "probe {none} --criteria --sigma 1e-3 x", "--sigma: expected finite numbers above zero; got x", 2 },
        { "probe {none} --criteria --k 1.5", "--k: expected integers of 1 or more; got 1.5", 2 },
        { "probe {none} --criteria --dimensions 0", "--dimensions: expected integers of 1 or more; got 0", 2 },
        { "probe {none} --matrix x", "'hessian'", 2 },
        { "rescale {none} --model {small.json} --analyse", "none", 1 },
        { "rescale '' --model {small.json} --analyse", "weights: expected a value; got an empty one", 2 },
        { "rescale {text.txt} --model {small.json} --analyse", "text.txt", 1 },
        { "rescale {folder} --model {small.json} --analyse", "is a folder; the run of kappa train in it knows its model", 2 },
        { "rescale {folder} --analyse", "there is no run of kappa train here", 2 },
        { "rescale {empty.json} --model {small.json} --analyse", "empty.json", 1 },
        { "rescale {none} --model '' --analyse", "--model: expected a file; got an empty one", 2 },
        { "rescale {none} --model {small.json} --analyse --tolerance NaN", "--tolerance: expected a number of 0 or more; got NaN", 2 },
        { "rescale {none} --model {small.json} --analyse --sweeps 0", "--sweeps: expected an integer of 1 or more; got 0", 2 },
        { "rescale {none} --model {small.json} --analyse --input-shape 3,x", "--input-shape: expected lengths", 2 },
        { "reproduce ''", "experiment: expected a value; got an empty one", 2 },
        { "reproduce two-moons", "unknown experiment", 2 },
        { "reproduce --resume ''", "--resume: expected a folder; got an empty one", 2 },
        { "reproduce --resume {none}", "there is no run of kappa reproduce here", 2 },
        { "reproduce --resume {folder}", "there is no run of kappa reproduce here", 2 },
        { "reproduce pathcond/two-moons --set seeds", "--set: expected name=value", 2 },
        { "reproduce pathcond/two-moons --set seed=1", "unknown field \"seed\"", 2 },
        { "reproduce pathcond/two-moons --set methods=[\"\\ud800\"]", "half a surrogate pair", 2 },
        { "reproduce pathcond/optimizers --set optimizers={\"\\ud800\":[1]}", "optimizers: expected an object of names", 2 },
        { "reproduce pathcond/optimizers --set optimizers={\"sgd\":[1],\"sgd\":[2]}", "optimizers: expected an object of names", 2 },
        { "demo --out ''", "--out: expected a folder; got an empty one", 2 },
        { "demo --out {folder}", "is not empty", 2 },
        { "schema x", "'train'", 2 },
        { "trian {small.json}", "did you mean \"train\"", 2 },
    };

    /// <summary>A change of a training config, the training text, what the message says, the exit code.</summary>
    public static TheoryData<string, string?, string, int> Trainings => new()
    {
        { "{}", "", "a window of 8 tokens", 2 },
        { "{}", "a", "a window of 8 tokens", 2 },
        { """{"data": {"name": "text", "path": "text.txt", "tokenizer": "byte-pair", "vocabulary": 300}}""", "", "a window of 8 tokens", 2 },
        { """{"data": {"name": "text", "path": "missing.txt"}}""", null, "there is neither a file nor a folder", 2 },
        { """{"data": {"name": "text", "path": "folder"}}""", null, "holds no .txt file", 2 },
        { """{"data": {"name": "text", "path": "latin1.json"}}""", null, "expected UTF-8 text, got the byte 0xe9 at offset 13", 1 },
        { """{"data": {"name": "text", "path": "a\u0000b"}}""", null, "data.path: expected a path", 2 },
        { """{"data": {"name": "text", "path": "\ud800"}}""", null, "data.path: expected text; got", 2 },
        { """{"data": {"name": "text", "path": 3}}""", null, "data.path: expected a file of UTF-8 text", 2 },
        { """{"data": {"name": "text", "path": "text.txt", "validationShare": 1e999}}""", null, "data.validationShare: expected a number", 2 },
        { """{"data": {"name": "text", "path": "text.txt", "validationShare": 0}}""", null, "data.validationShare: expected a number above 0", 2 },
        { """{"data": {"name": "text", "path": "text.txt", "validationShare": 1e-12}}""", null, "a window of 8 tokens", 2 },
        { """{"data": {"name": "text", "path": "text.txt", "vocabulary": 99999999999}}""", null, "data.vocabulary: expected an integer", 2 },
        { """{"name": "\ud800"}""", null, "name: expected text; got", 2 },
        { """{"name": ""}""", null, "name: expected a name for the run", 2 },
        { """{"name": "..."}""", null, "name: expected a letter or a digit", 2 },
        { """{"\ud800": 1}""", null, "half a surrogate pair", 2 },
        { """{"batchSize": 100000}""", null, "batchSize: expected at most the", 2 },
        { """{"batchSize": 0}""", null, "batchSize: expected an integer of 1 or more; got 0", 2 },
        { """{"batchSize": 2.5}""", null, "batchSize: expected an integer of 1 or more; got 2.5", 2 },
        { """{"batchSize": "2"}""", null, "batchSize: expected an integer of 1 or more; got \"2\"", 2 },
        { """{"seed": -1}""", null, "seed: expected an integer of 0 or more; got -1", 2 },
        { """{"steps": 0}""", null, "steps: expected an integer", 2 },
        { """{"steps": 99999999999}""", null, "steps: expected an integer", 2 },
        { """{"steps": null, "epochs": 1e999}""", null, "epochs: expected a number above 0; got 1e999", 2 },
        { """{"steps": null, "epochs": 1e300}""", null, "epochs: ", 2 },
        { """{"steps": null, "minutes": 1e999}""", null, "minutes: expected a number above 0; got 1e999", 2 },
        { """{"maxGradientNorm": 1e999}""", null, "maxGradientNorm: expected a number above 0; got 1e999", 2 },
        { """{"optimizer": {"name": "adamw", "learningRate": 1e999}}""", null, "optimizer.learningRate: expected a number of 0 or more; got 1e999", 2 },
        { """{"optimizer": {"name": "adamw", "learningRate": "NaN"}}""", null, "optimizer.learningRate: expected a number of 0 or more; got \"NaN\"", 2 },
        { """{"optimizer": {"name": "adamw", "learningRate": 1, "beta1": 1e999}}""", null, "optimizer.beta1: expected a number", 2 },
        {
            """{"optimizer": {"name": "adamw", "learningRate": 1, "beta1": 1}}""", null, "optimizer.beta1: expected a number of 0 or more and below 1; got 1", 2
        },
        {
            """{"optimizer": {"name": "adamo", "learningRate": 1, "layerStrengths": [{"pattern": "*", "strength": 1e999}]}}""", null,
            "optimizer.layerStrengths[0].strength: expected a number of 0 or more; got 1e999", 2
        },
        {
            """{"optimizer": {"name": "adamo", "learningRate": 1, "layerStrengths": [1]}}""", null,
            "optimizer.layerStrengths[0]: expected an object in braces; got 1", 2
        },
        { """{"optimizer": {"name": "adamo", "learningRate": 1, "exclude": [1]}}""", null, "optimizer.exclude[0]: expected a string", 2 },
        { """{"optimizer": {"name": "sgd", "learningRate": 1, "nesterov": true}}""", null, "optimizer.nesterov: expected momentum above 0", 2 },
        { """{"optimizer": {"learningRate": 1}}""", null, "optimizer.name: expected one of", 2 },
        { """{"optimizer": [1]}""", null, "optimizer: expected an optimizer", 2 },
        {
            """{"optimizer": {"name": "adamw", "learningRate": 1, "activationPreconditioning": 3}}""", null,
            "optimizer.activationPreconditioning: expected true, false or an object in braces", 2
        },
        { """{"model": {"name": "transformer", "width": 0}}""", null, "model.width: expected an integer from 1", 2 },
        { """{"model": {"name": "transformer", "width": 8, "heads": 3}}""", null, "model: ", 2 },
        { """{"model": {"name": "transformer", "contextLength": 0}}""", null, "model.contextLength: expected an integer from 1", 2 },
        { """{"model": {"name": "transformer", "contextLength": 100000}}""", null, "Give a smaller context", 2 },
        {
            """{"model": {"name": "transformer", "layers": 0, "contextLength": 8, "width": 8, "heads": 2}, "optimizer": {"name": "muon", "learningRate": 1}}""",
            null, "\"matrices\": \"all\"", 2
        },
        { """{"model": {"name": "transformer", "dropout": 1e999}}""", null, "model.dropout: expected a number", 2 },
        { """{"schedule": {"warmup": 3}}""", null, "schedule.warmup: expected fewer than the 3 steps", 2 },
        { """{"schedule": {"warmup": -1}}""", null, "schedule.warmup: expected an integer of 0 or more", 2 },
        { """{"schedule": {"decay": "exponential"}}""", null, "schedule.decay: unknown value", 2 },
    };

    public static TheoryData<string, string> Comparisons => new()
    {
        { """{"task": {"name": "linear-control", "states": 1e999}}""", "task.states: expected an integer" },
        { """{"task": {"name": "linear-control", "noise": 1e999}}""", "task.noise: expected a number" },
        { """{"task": {"name": "linear-control", "examples": 0}}""", "task.examples: expected an integer" },
        { """{"task": {"name": "\ud800"}}""", "task.name: expected text; got" },
        { """{"task": {"name": "text", "path": "/missing.txt"}}""", "task.path: there is neither a file nor a folder" },
        { """{"task": {"name": "text", "path": "a\u0000b"}}""", "task.path: expected a path" },
        { """{"learningRates": [0.1, 1e999]}""", "learningRates[1]: expected a number of 0 or more; got 1e999" },
        { """{"learningRates": [0, -0.0]}""", "learningRates: 0 is given twice" },
        { """{"learningRates": [-1]}""", "learningRates[0]: expected a number of 0 or more; got -1" },
        { """{"seeds": [-1]}""", "seeds[0]: expected an integer from 0 to 2147483647; got -1" },
        { """{"seeds": []}""", "seeds: expected an integer from 1 to 10000, or an array of at least one item" },
        { """{"seeds": 0}""", "seeds: expected an integer from 1" },
        { """{"batchSize": 100000}""", "batchSize: expected at most the 200 training examples" },
        { """{"optimizers": []}""", "optimizers: expected an array of at least one item: an optimizer" },
        { """{"optimizers": [{"name": "muon"}]}""", "optimizers[0] (Muon): Muon with " },
        { """{"optimizers": [{"name": "adamw", "label": "\ud800"}]}""", "optimizers[0].label: expected text; got" },
        { """{"optimizers": [{"name": "adamw", "model": {"hidden": [0]}}]}""", "hidden[0]: expected an integer from 1" },
        { """{"model": {"hidden": [8]}}""", "a learner of its own" },
    };

    [Theory]
    [MemberData(nameof(CommandLines))]
    public void A_command_line_that_asks_for_what_does_not_go(string line, string message, int code)
    {
        using var folder = Filled();
        string[] arguments = [.. line.Split(' ').Select(part => part == "''" ? "" : part.StartsWith('{') && part.EndsWith('}') ? folder[part[1..^1]] : part)];
        Check(CommandRun.Of(arguments), message, code);
    }

    [Theory]
    [MemberData(nameof(Trainings))]
    public void A_training_config_or_text_that_does_not_go(string change, string? text, string message, int code)
    {
        using var folder = Filled();
        if (text is not null)
            File.WriteAllText(folder["text.txt"], text);
        File.WriteAllText(folder["run.json"], Changed(Small, change));
        Check(CommandRun.Of("train", folder["run.json"], "--out", folder["run"]), message, code);
    }

    [Theory]
    [MemberData(nameof(Comparisons))]
    public void A_comparison_that_does_not_go(string change, string message)
    {
        using var folder = Filled();
        File.WriteAllText(folder["run.json"], Changed(SmallConfig.Json, change));
        Check(CommandRun.Of("compare", folder["run.json"], "--out", folder["run"]), message, 2);
    }

    [Theory]
    [InlineData("result.json", "{", "result.json")]
    [InlineData("result.json", "null", "result.json")]
    [InlineData("result.json", "", "result.json")]
    [InlineData("result.json", "{\"steps\": \"x\"}", "result.json")]
    [InlineData("run.json", "{", "run.json")]
    [InlineData("run.json", "{\"sha256\": 1}", "run.json")]
    [InlineData("metrics.jsonl", "", "metrics.jsonl")]
    [InlineData("metrics.jsonl", "{}\n{}\n{}\n", "metrics.jsonl")]
    [InlineData("config.json", "{", "config.json")]
    [InlineData("config.json", "", "config.json")]
    [InlineData("tokenizer.json", "", "tokenizer.json")]
    [InlineData("tokenizer.json", "{}", "tokenizer.json")]
    [InlineData("tokenizer.json", "[]", "tokenizer.json")]
    [InlineData("tokenizer.json", "{\"kind\": \"character\", \"characters\": \"\\ud800\", \"unknown\": true}", "tokenizer.json")]
    [InlineData("tokenizer.json", "{\"kind\": \"byte-pair\", \"merges\": [[1]]}", "tokenizer.json")]
    [InlineData("tokenizer.json", "{\"kind\": \"byte-pair\", \"merges\": [[1, 1e999]]}", "tokenizer.json")]
    [InlineData("checkpoints/step-00000003/state.json", "", "state.json")]
    [InlineData("checkpoints/step-00000003/state.json", "{}", "state.json")]
    [InlineData("checkpoints/step-00000003/model.safetensors", "", "model.safetensors")]
    public void A_damaged_file_of_a_run_is_named(string file, string contents, string message)
    {
        using var folder = Filled();
        File.WriteAllText(folder["run.json"], Small);
        Assert.Equal(0, CommandRun.Of("train", folder["run.json"], "--out", folder["run"]).ExitCode);
        File.WriteAllText(Path.Combine(folder["run"], file), contents);
        foreach (string[] command in new string[][]
        {
            ["train", "--resume", folder["run"]], ["generate", folder["run"], "--tokens", "1"], ["diagnose", folder["run"], "--kernel", "0"],
            ["probe", folder["run"], "--samples", "2", "--top", "1"]
        })
        {
            var run = CommandRun.Of(command);
            Assert.DoesNotContain("fault of Kappa", run.Error, StringComparison.Ordinal);
            if (run.ExitCode != 0)
                Assert.Contains(message, run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "null")]
    [InlineData("", "{}")]
    [InlineData("", "3")]
    [InlineData("data", "null")]
    [InlineData("data", """{"seed": 1, "epoch": 0, "offset": -1, "exampleCount": 5}""")]
    [InlineData("metrics", "null")]
    [InlineData("metrics", """{"lines": 1000, "sha256": ""}""")]
    [InlineData("loop", "null")]
    public void A_place_in_the_data_that_is_none_is_named(string field, string value)
    {
        using var folder = Filled();
        File.WriteAllText(folder["run.json"], Small);
        Assert.Equal(0, CommandRun.Of("train", folder["run.json"], "--out", folder["run"]).ExitCode);
        File.Delete(folder["run/result.json"]);
        string state = folder["run/checkpoints/step-00000003/state.json"];
        var json = JsonNode.Parse(File.ReadAllText(state))!.AsObject();
        var (place, name) = field.Length == 0 ? (json, "extra") : (json["extra"]!.AsObject(), field);
        Assert.True(place.ContainsKey(name));
        place[name] = JsonNode.Parse(value);
        File.WriteAllBytes(state, SealedJson.Seal(json));
        var run = CommandRun.Of("train", "--resume", folder["run"]);
        Assert.DoesNotContain("fault of Kappa", run.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, run.ExitCode);
    }

    [Fact]
    public void A_text_of_one_character_in_Windows_line_ends_with_a_byte_order_mark_trains()
    {
        using var folder = Filled();
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("a\r\n", 200)), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        File.WriteAllText(folder["run.json"], Small, Encoding.Unicode);
        var run = CommandRun.Of("train", folder["run.json"], "--out", folder["run"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var text = CommandRun.Of("generate", folder["run"], "--tokens", "5", "--prompt", "a");
        Assert.Equal((0, ""), (text.ExitCode, text.Error));
    }

    private static void Check(CommandRun run, string message, int code)
    {
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(code, run.ExitCode);
        Assert.DoesNotContain("fault of Kappa", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", run.Error, StringComparison.Ordinal);
    }

    private static TemporaryFolder Filled()
    {
        var folder = new TemporaryFolder();
        _ = Directory.CreateDirectory(folder["folder"]);
        File.WriteAllText(folder["folder/other.dat"], "x");
        File.WriteAllText(folder["text.txt"], string.Concat(Enumerable.Repeat("A sheep and another sheep.\n", 40)));
        File.WriteAllText(folder["small.json"], Small);
        File.WriteAllText(folder["empty.json"], "");
        File.WriteAllText(folder["cut.json"], Small[..40]);
        File.WriteAllText(folder["list.json"], "[1]");
        File.WriteAllBytes(folder["latin1.json"], Encoding.Latin1.GetBytes("{\"name\": \"caf\u00e9\"}"));
        return folder;
    }

    private static string Changed(string json, string change)
    {
        // By text where the change holds what no JSON library writes.
        if (change.Contains("\\ud800", StringComparison.Ordinal) && change.StartsWith("{\"\\ud800", StringComparison.Ordinal))
            return $"{json.TrimEnd().TrimEnd('}')}, \"\\ud800\": 1 }}";
        var whole = JsonNode.Parse(json)!.AsObject();
        const string Mark = "<half>";
        foreach (var (name, value) in JsonNode.Parse(change.Replace(Half, $"\"{Mark}\"", StringComparison.Ordinal))!.AsObject())
        {
            if (value is null)
                _ = whole.Remove(name);
            else
                whole[name] = value.DeepClone();
        }

        return whole.ToJsonString(
            new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            .Replace($"\"{Mark}\"", Half, StringComparison.Ordinal);
    }
}
