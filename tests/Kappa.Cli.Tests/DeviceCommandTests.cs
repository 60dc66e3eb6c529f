using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kappa.Cli.Tests;

/// <summary>Commands find on a device what they find on the host.</summary>
public sealed class DeviceCommandTests(DeviceCommandTests.HostRuns host) : IClassFixture<DeviceCommandTests.HostRuns>
{
    private const double Tolerance = 1e-4;

    // What measures time, or tells files apart; and a condition number of a million, whose smallest eigenvalue is rounding in Float32.
    private static readonly string[] Incomparable =
        ["seconds", "secondsPerStep", "processorSeconds", "dataWait", "bytes", "sha256", "identity", "metrics", "condition"];

    public static TheoryData<string, string> CommandsAndDevices
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (string command in Commands.Keys)
            {
                rows.Add(command, TestDevices.Reference);
                rows.Add(command, TestDevices.Torch);
            }

            return rows;
        }
    }

    public static TheoryData<string> Devices => [TestDevices.Reference, TestDevices.Torch];

    // What is typed, where the device is added, and the files whose numbers are compared.
    private static Dictionary<string, (string Config, string[] Arguments, string Files)> Commands { get; } = new()
    {
        ["train a transformer"] = (Train("text", """{ "name": "dopr-adamw", "learningRate": 0.01 }"""), ["train", "{config}", "--out", "{out}"], "*.jsonl"),
        ["train a convolution"] = (
            Train("images", """{ "name": "muon", "learningRate": 0.01 }""", """, "diagnostics": 3"""), ["train", "{config}", "--out", "{out}"], "*.jsonl"),
        ["train a perceptron"] = (
            Train("csv", """{ "name": "adamo", "learningRate": 0.01 }"""), ["train", "{config}", "--out", "{out}"], "*.jsonl"),
        ["train to numbers"] = (
            Train("csv of numbers", """{ "name": "sgd", "learningRate": 0.01, "momentum": 0.9, "remedy": "redo" }"""),
            ["train", "{config}", "--out", "{out}"], "*.jsonl"),
        ["compare"] = (
            """
            { "name": "c", "task": { "name": "linear-control", "examples": 100, "validationExamples": 50, "horizon": 10 },
              "optimizers": [ { "name": "adamw" }, { "name": "dopr-muon", "matrices": "all" }, { "name": "adamw", "whiten": true, "label": "whitened" } ],
              "learningRates": [0.003], "seeds": 1, "steps": 8, "batchSize": 32 }
            """,
            ["compare", "{config}", "--out", "{out}"], "*.json*"),
        ["compare what is written"] = (
            """
            { "name": "c", "task": { "name": "arithmetic", "examples": 40, "validationExamples": 10, "digits": 1, "beyond": 0, "problems": 6, "width": 8,
              "layers": 1, "heads": 2 }, "optimizers": [ { "name": "adamw" } ], "learningRates": [0.01], "seeds": 1, "steps": 4, "batchSize": 8 }
            """,
            ["compare", "{config}", "--out", "{out}"], "*.json*"),
        ["compare written text"] = (
            Compare("""
                { "name": "text", "path": "../data/text.txt", "contextLength": 16, "width": 8, "layers": 1, "heads": 2, "validationExamples": 4,
                  "metric": "divergence", "generation": { "texts": 2, "tokens": 8, "prompt": 4, "judgeSteps": 0 } }
                """),
            ["compare", "{config}", "--out", "{out}"], "*.json*"),
        ["compare predictions"] = (
            Compare("""
                { "name": "prediction", "data": { "name": "csv", "path": "../data/rows.csv", "target": "kind" }, "strengths": [0, 0.1], "deployAt": 0.1 }
                """),
            ["compare", "{config}", "--out", "{out}"], "*.json*"),
        // What is made of noise, or done by a policy, is judged by counts, which jump: the losses are compared, and that it comes to an end.
        ["compare a flow of points"] = (
            Compare("""
                { "name": "flow", "data": "checkerboard", "examples": 50, "validationExamples": 20, "samples": 20, "steps": [1, 2], "deployAt": 2 }
                """),
            ["compare", "{config}", "--out", "{out}"], "*.jsonl"),
        ["compare a flow of pictures"] = (
            Compare("""
                { "name": "flow", "data": "digits", "side": 8, "examples": 40, "validationExamples": 8, "samples": 6, "neighbours": 2, "classifierSteps": 3,
                  "steps": [1, 2], "deployAt": 2, "features": 8, "layers": 1, "tokenHidden": 4, "channelHidden": 8 }
                """),
            ["compare", "{config}", "--out", "{out}"], "*.jsonl"),
        ["compare policies"] = (
            Compare("""
                { "name": "humanoid-balance", "demonstrations": 1, "validationDemonstrations": 1, "starts": 2, "seconds": 0.2, "chunk": 2, "head": "flow",
                  "flowSteps": 2 }
                """).Replace("\"steps\": 4", "\"steps\": 4, \"model\": { \"hidden\": [8] }", StringComparison.Ordinal),
            ["compare", "{config}", "--out", "{out}"], "*.jsonl"),
        ["probe"] = (
            Train("csv", """{ "name": "adamw", "learningRate": 0.01 }"""),
            [
                "probe", "{trained}", "--top", "2", "--samples", "12", "--tolerance", "1e-5", "--criteria", "--k", "2", "8", "--dimensions", "1", "--out",
                "{out}",
            ],
            "probe.json"),
        ["diagnose"] = (
            Train("images", """{ "name": "adamw", "learningRate": 0.01 }"""),
            ["diagnose", "{trained}", "--examples", "8", "--jacobians", "2", "--kernel", "4", "--out", "{out}"], "diagnosis.json"),
        ["reproduce"] = (
            "{}",
            [
                "reproduce", "pathcond/two-moons", "--set", "seeds=1", "--set", "learningRates=[0.1]", "--set", "epochs=5", "--set", "hidden=[[8,4]]", "--set",
                "points=40", "--out", "{out}",
            ],
            "*=0.json"),
        ["reproduce a study of feedback"] = (
            "{}",
            [
                "reproduce", "dopr/linear-control", "--set", """task={"name":"linear-control","examples":100,"validationExamples":50,"horizon":10}""", "--set",
                """optimizers=[{"name":"adamw"}]""", "--set", "learningRates=[0.01]", "--set", """controls=["whitened"]""", "--set", "ablations={}", "--set",
                "extensions=0", "--set", "seeds=2", "--set", "tuningSeeds=1", "--set", "steps=8", "--set", "batchSize=32", "--out", "{out}",
            ],
            "*=?.json"),
        ["reproduce curvature"] = (
            "{}",
            [
                "reproduce", "curvature/fig2", "--set", """data={"name":"csv","path":"{data}/rows.csv","target":"kind"}""", "--set", """networks=["mlp"]""",
                "--set", "steps=20", "--set", "seeds=1", "--set", "largestK=20", "--set", "points=3", "--set", "dimensions=[1,2]", "--set", "sigmas=[0.01]",
                "--set", "hessianSamples=16", "--set", "candidates=2", "--set", "tolerance=1e-5", "--out", "{out}",
            ],
            "*=0.json"),
        ["reproduce revival"] = (
            Fashion,
            [
                "reproduce", "isometry/revival", "--set", """methods=["adamw 0","adamo 0.1","redo 0.03"]""", "--set", "steps=6", "--set", "countEvery=3",
                "--set", "examples=40", "--set", "width=8", "--set", "depth=3", "--set", "seeds=1", "--set", "batchSize=20", "--out", "{out}",
            ],
            "*=0.json"),
        ["reproduce many tasks"] = (
            Fashion,
            [
                "reproduce", "isometry/permuted-inputs", "--set", """methods=["adamw","adamo"]""", "--set", "tasks=2", "--set", "examples=40", "--set",
                "testExamples=20", "--set", "width=8", "--set", "depth=2", "--set", "epochs=2", "--set", "batchSize=20", "--set", "learningRates=[0.001]",
                "--set", "tuningTasks=1", "--set", "seeds=1", "--set", "window=1", "--set", "diagnoseEvery=1", "--out", "{out}",
            ],
            "*=0.json"),
    };

    // In the place of a config: what is read is the data set.
    private const string Fashion = """{ "reads": "fashion-mnist" }""";

    [SkippableTheory]
    [MemberData(nameof(CommandsAndDevices))]
    public void A_command_finds_there_what_it_finds_on_the_host(string command, string device)
    {
        TestDevices.Require(device);
        var (config, arguments, files) = Commands[command];
        Skip.If(config == Fashion && DataCatalog.FashionMnist.Find() is null, "fashion-mnist is not installed");
        Skip.If(
            config.Contains("digits", StringComparison.Ordinal) && DataCatalog.HandwrittenDigits.Find() is null, "handwritten-digits is not installed");
        Skip.If(
            config.Contains("humanoid", StringComparison.Ordinal) && KappaCatalog.Choices.Find<LabTask>("humanoid-balance").Unavailable is not null,
            "MuJoCo is not installed");
        var folder = host.Of(command);
        Run(folder, arguments, device);
        string[] written = [.. Directory.EnumerateFiles(folder["cpu"], files, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(file => Path.GetFileName(file) is not ("run.json" or "config.json" or "report.json" or "state.json"))];
        Assert.NotEmpty(written);
        int numbers = written.Sum(file =>
            RequireClose(file, file.Replace(folder["cpu"], folder[device], StringComparison.Ordinal)));
        Assert.True(numbers > 5, $"only {numbers} numbers were compared");
    }

    private static void Run(TemporaryFolder folder, string[] arguments, string place)
    {
        string[] typed = [.. arguments.Select(argument => argument
            .Replace("{config}", folder["configs/run.json"], StringComparison.Ordinal).Replace("{out}", folder[place], StringComparison.Ordinal)
            .Replace("{trained}", folder["trained"], StringComparison.Ordinal).Replace("{data}", folder["data"], StringComparison.Ordinal))];
        var run = CommandRun.Of([.. typed, "--device", place]);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    /// <summary>What commands find on the host, each once for all devices.</summary>
    public sealed class HostRuns : IDisposable
    {
        private readonly Dictionary<string, TemporaryFolder> _folders = [];

        /// <summary>The folder of a command that has run there.</summary>
        internal TemporaryFolder Of(string command)
        {
            if (_folders.TryGetValue(command, out var known))
                return known;
            var (config, arguments, _) = Commands[command];
            var folder = OwnFiles.Make("text");
            File.WriteAllText(folder["configs/run.json"], config);
            if (arguments.Contains("{trained}"))
                Assert.Equal(0, CommandRun.Of("train", folder["configs/run.json"], "--out", folder["trained"]).ExitCode);
            Run(folder, arguments, "cpu");
            _folders.Add(command, folder);
            return folder;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            foreach (var folder in _folders.Values)
                folder.Dispose();
        }
    }

    [Theory]
    [InlineData("rescale")]
    [InlineData("rescale --enorm")]
    public void Rescaled_weights_have_the_same_bits(string command)
    {
        TestDevices.Require(TestDevices.Reference);
        using var folder = OwnFiles.Make("csv");
        Assert.Equal(0, CommandRun.Of("train", folder["configs/train.json"], "--out", folder["run"]).ExitCode);
        string weights = folder["run/checkpoints/step-00000006/model.safetensors"];
        foreach (string device in (string[])["cpu", TestDevices.Reference])
        {
            var run = CommandRun.Of(
                [.. command.Split(' '), weights, "--model", folder["run/config.json"], "--out", folder[$"{device}.safetensors"], "--device", device]);
            Assert.True(run.ExitCode == 0, run.Error);
        }

        Assert.Equal(File.ReadAllBytes(folder["cpu.safetensors"]), File.ReadAllBytes(folder[$"{TestDevices.Reference}.safetensors"]));
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void A_run_goes_on_elsewhere_from_the_same_bits_once_that_is_asked_for(string device)
    {
        TestDevices.Require(device);
        using var folder = OwnFiles.Make("csv");
        File.WriteAllText(folder["configs/train.json"], Train("csv", """{ "name": "dopr-muon", "learningRate": 0.01 }"""));
        string[] begin = ["train", folder["configs/train.json"], "--out"];
        Assert.Equal(0, CommandRun.Of([.. begin, folder["whole"]]).ExitCode);
        Assert.Equal(0, CommandRun.Of([.. begin, folder["moved"]]).ExitCode);
        // As it stood half-way: the later checkpoints and what follows are taken away.
        foreach (string later in Directory.EnumerateDirectories(folder["moved/checkpoints"]).Order(StringComparer.Ordinal).Skip(1).ToArray())
            Directory.Delete(later, recursive: true);
        File.Delete(folder["moved/result.json"]);
        var refused = CommandRun.Of("train", "--resume", folder["moved"], "--device", device);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"device: absent when the run began, \"{device}\" now", refused.Error, StringComparison.Ordinal);
        var resumed = CommandRun.Of("train", "--resume", folder["moved"], "--device", device, "--amend");
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.True(RequireClose(folder["whole/result.json"], folder["moved/result.json"], except: "amendments") > 5);
    }

    [SkippableTheory]
    [MemberData(nameof(Devices))]
    public void A_model_writes_there_what_it_writes_on_the_host(string device)
    {
        TestDevices.Require(device);
        using var folder = OwnFiles.Make("text");
        File.WriteAllText(folder["configs/train.json"], Train("text", """{ "name": "adamw", "learningRate": 0.01 }"""));
        Assert.Equal(0, CommandRun.Of("train", folder["configs/train.json"], "--out", folder["run"]).ExitCode);
        foreach (string[] typed in (string[][])[
            ["generate", folder["run"], "--prompt", "line", "--tokens", "12", "--temperature", "0"],
            ["generate", folder["run"], "--prompt", "line", "--prompt", "a", "--tokens", "12", "--seed", "3", "--json"]])
        {
            var (expected, actual) = (CommandRun.Of([.. typed, "--device", "cpu"]), CommandRun.Of([.. typed, "--device", device]));
            Assert.True(actual.ExitCode == 0, actual.Error);
            Assert.Equal(expected.Output, actual.Output);
            Assert.Contains("line", actual.Output, StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [InlineData("csv", "rows.csv", TestDevices.Reference)]
    [InlineData("csv of numbers", "rows.csv", TestDevices.Reference)]
    [InlineData("images", "pictures", TestDevices.Reference)]
    [InlineData("images", "pictures", null)]
    public void It_predicts_there_what_it_predicts_on_the_host(string kind, string data, string? device)
    {
        device ??= TestDevices.Torch;
        TestDevices.Require(device);
        using var folder = OwnFiles.Make(kind);
        Assert.Equal(0, CommandRun.Of("train", folder["configs/train.json"], "--out", folder["run"]).ExitCode);
        string[][][] found = [.. new[] { "cpu", device }.Select(place =>
        {
            var run = CommandRun.Of("predict", folder["run"], folder[$"data/{data}"], "--device", place);
            Assert.True(run.ExitCode == 0, run.Error);
            return run.Output.TrimEnd('\n').Split('\n').Select(line => line.Split(',')).ToArray();
        })];
        Assert.Equal(found[0].Length, found[1].Length);
        Assert.True(found[0].Length > 50);
        foreach (var (one, other) in found[0].SelectMany(line => line).Zip(found[1].SelectMany(line => line)))
        {
            if (double.TryParse(one, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
                Assert.Equal(number, double.Parse(other, CultureInfo.InvariantCulture), Tolerance);
            else
                Assert.Equal(one, other);
        }
    }

    private static string Compare(string task) =>
        $$"""
        { "name": "c", "task": {{task}}, "optimizers": [ { "name": "adamw" }, { "name": "dopr-adamw" } ], "learningRates": [0.003], "seeds": 1, "steps": 4,
          "batchSize": 8 }
        """;

    private static string Train(string kind, string optimizer, string more = "") =>
        $$"""
        { "name": "own", "data": {{OwnFiles.Kinds[kind].Data}}, "model": {{OwnFiles.Kinds[kind].Model}}, "optimizer": {{optimizer}},
          "steps": 6, "batchSize": 8, "validationExamples": 5, "evaluateEvery": 2, "checkpointEvery": 3{{more}} }
        """;

    [Fact]
    public void An_experiment_goes_on_where_it_was_begun()
    {
        TestDevices.Require(TestDevices.Reference);
        using var folder = new TemporaryFolder();
        string[] typed = [.. Commands["reproduce"].Arguments.Select(argument => argument.Replace("{out}", folder["run"], StringComparison.Ordinal))];
        Assert.Equal(0, CommandRun.Of([.. typed, "--device", TestDevices.Reference]).ExitCode);
        Assert.Equal("reference", JsonNode.Parse(File.ReadAllText(folder["run/config.json"]))!["device"]!.GetValue<string>());
        File.Delete(Directory.EnumerateFiles(folder["run/cells"]).First());
        Assert.Equal(0, CommandRun.Of("reproduce", "--resume", folder["run"]).ExitCode);
        var refused = CommandRun.Of("reproduce", "--resume", folder["run"], "--device", "cpu");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("device: \"reference\" when the run began, absent now", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, CommandRun.Of("reproduce", "--resume", folder["run"], "--device", "cpu", "--amend").ExitCode);
    }

    /// <summary>Compares all numbers of two files, and says how many there are.</summary>
    private static int RequireClose(string expected, string actual, params string[] except)
    {
        string[] there = File.ReadAllLines(actual), here = File.ReadAllLines(expected);
        if (!expected.EndsWith(".jsonl", StringComparison.Ordinal))
            (here, there) = ([string.Concat(here)], [string.Concat(there)]);
        Assert.Equal(here.Length, there.Length);
        return here.Zip(there).Sum(pair => RequireClose(
            Path.GetFileName(expected), JsonNode.Parse(pair.First), JsonNode.Parse(pair.Second), [.. Incomparable, .. except]));
    }

    private static int RequireClose(string path, JsonNode? expected, JsonNode? actual, string[] except)
    {
        switch (expected)
        {
            case JsonObject fields:
                Assert.Equal(fields.Select(field => field.Key), actual!.AsObject().Select(field => field.Key));
                return fields.Where(field => !except.Contains(field.Key))
                    .Sum(field => RequireClose($"{path}.{field.Key}", field.Value, actual[field.Key], except));
            case JsonArray items:
                Assert.Equal(items.Count, actual!.AsArray().Count);
                return items.Zip(actual.AsArray()).Sum(pair => RequireClose($"{path}[]", pair.First, pair.Second, except));
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                double one = value.GetValue<double>(), other = actual!.GetValue<double>();
                Assert.True(Math.Abs(one - other) <= Tolerance * Math.Max(1, Math.Abs(one)), $"{path}: {one:R} on the host, {other:R} there");
                return 1;
            default:
                return 0;
        }
    }
}
