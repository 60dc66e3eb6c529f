namespace Kappa.Cli.Tests;

public sealed class OnnxCommandTests
{
    private const string Rows = "a,b,c,kind\n";

    [Fact]
    public void A_file_of_weights_becomes_a_model_that_is_rescaled_and_read_back()
    {
        using var folder = new TemporaryFolder();
        var model = Perceptron(folder);
        Done(CommandRun.Of("export", folder["weights.safetensors"], "--model", folder["model.json"], "--out", folder["model.onnx"]), "inputs [batch, 3], "
            + "opset 17");
        Done(CommandRun.Of("rescale", folder["model.onnx"], "--out", folder["better.onnx"]), "Criterion F: ");
        Done(CommandRun.Of("export", folder["better.onnx"], "--opset", "20", "--out", folder["newer.onnx"]), "opset 20");
        string said = Done(CommandRun.Of("import", folder["newer.onnx"], "--out", folder["back.safetensors"]), "one input [3] gives [1, 2]");
        Assert.Contains("input Float32 [batch, 3] -> output Float32 [batch, 2]", said, StringComparison.Ordinal);
        Assert.Contains($"kappa.rescaled_from: {folder["model.onnx"]}", said, StringComparison.Ordinal);
        var other = Make();
        other.LoadStateDict(StateDict.Load(folder["back.safetensors"]));
        Assert.NotEqual(model.Parameters()[0].Tensor.ToArray<float>(), other.Parameters()[0].Tensor.ToArray<float>());
        using var x = Tensor.Normal([5, 3], new Philox(2));
        Assert.All(model.Forward(x).ToArray<float>().Zip(other.Forward(x).ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Sequences_of_any_length_stay_open()
    {
        using var folder = new TemporaryFolder();
        OnnxModel.Export(new Linear(4, 2), folder["model.onnx"], [5, 4], new OnnxExportOptions { SequenceName = "words" });
        Done(CommandRun.Of("export", folder["model.onnx"], "--dimensions", "words=5", "--sequence-name", "sequence", "--out", folder["open.onnx"]),
            "inputs [batch, sequence, 4], opset 17");
        Done(CommandRun.Of("import", folder["open.onnx"], "--dimensions", "sequence=7"), "one input [7, 4] gives [1, 7, 2]");
    }

    [Fact]
    public void A_length_that_a_file_leaves_open_stays_so_or_it_is_said_why_not()
    {
        using var folder = new TemporaryFolder();
        var model = new Sequential(new Linear(4, 6), new ReLU(), new Linear(6, 2));
        _ = model.Initialize(new Philox(1));
        OnnxModel.Export(model, folder["model.onnx"], [5, 4], new OnnxExportOptions { SequenceName = "words" });
        Done(CommandRun.Of("rescale", folder["model.onnx"], "--dimensions", "words=5", "--out", folder["better.onnx"]), "Criterion F: ");
        Done(CommandRun.Of("import", folder["better.onnx"], "--dimensions", "words=7"), "one input [7, 4] gives [1, 7, 2]");
        Done(CommandRun.Of("export", folder["better.onnx"], "--dimensions", "words=5", "--out", folder["again.onnx"]), "inputs [batch, words, 4]");
        // Two positions are too few to tell what depends on their number.
        string said = Done(CommandRun.Of("rescale", folder["model.onnx"], "--dimensions", "words=2", "--out", folder["fixed.onnx"]), "Criterion F: ");
        Assert.Contains("\"words\" is fixed at 2, where the file that was read leaves it open: ", said, StringComparison.Ordinal);
        Done(CommandRun.Of("import", folder["fixed.onnx"]), "one input [2, 4] gives [1, 2, 2]");
    }

    [Fact]
    public void Probe_diagnose_and_bench_say_what_they_ran_on()
    {
        using var folder = new TemporaryFolder();
        _ = Perceptron(folder);
        string onnx = folder["model.onnx"];
        Done(CommandRun.Of("export", folder["weights.safetensors"], "--model", folder["model.json"], "--out", onnx), "Wrote");
        string[] few = ["--samples", "8", "--top", "2"];
        string said = Done(CommandRun.Of(["probe", onnx, .. few]), "on random inputs, since no data was given");
        Assert.Contains("ONNX model model on random inputs: largest eigenvalue", said, StringComparison.Ordinal);
        // At its own outputs a loss has no slope.
        Assert.Contains("length of its gradient 0", said, StringComparison.Ordinal);
        Done(CommandRun.Of("diagnose", onnx, "--examples", "8", "--kernel", "4", "--jacobians", "2"), "on random inputs, since no data was given");
        Assert.True(File.Exists(folder["model-probe/report.html"]) && File.Exists(folder["model-diagnosis/report.html"]));
        string rows = string.Concat(Enumerable.Range(0, 60).Select(i => $"{i % 7},{i % 5},{i % 3},{(i % 2 == 0 ? "even" : "odd")}\n"));
        File.WriteAllText(folder["rows.csv"], Rows + rows);
        File.WriteAllText(folder["config.json"], """{ "model": { "name": "mlp" }, "data": { "name": "csv", "path": "rows.csv", "target": "kind" } }""");
        Done(CommandRun.Of(["probe", onnx, "--model", folder["config.json"], "--out", folder["probed"], .. few]), "on the data csv");
        Done(CommandRun.Of("bench", onnx, "--batches", "1", "3"), "examples/s");
    }

    public static TheoryData<string, int, string> Refused => new()
    {
        { "rescale weights.safetensors --out out.safetensors", 2, "it is a file, no run of kappa train; give --model with the JSON that says what model\n" },
        { "rescale weights.safetensors --model model.json --out out.onnx", 2, "kappa export makes an ONNX file of it" },
        { "rescale model.onnx --rename a=b --analyse", 2, "--rename goes with a file of weights" },
        { "rescale weights.safetensors --model model.json --fill a=1 --analyse", 2, "--fill goes with an ONNX file (.onnx)" },
        { "rescale model.onnx --input nothing --analyse", 1, "it has no input \"nothing\"; its inputs are \"input\"" },
        { "probe damaged.onnx", 1, "it is not an ONNX model, or damaged" },
        { "import gone.onnx", 1, "gone.onnx" },
        { "import folder.onnx", 1, "folder.onnx: expected a file; it is a folder. Name a file in it" },
        { "import model.onnx --dimensions height", 2, "--dimensions: expected name=length; got height" },
        { "import model.onnx --fill mask=nan", 2, "--fill: expected name=number; got mask=nan" },
        { "export model.onnx --opset 12 --out out.onnx", 2, "--opset: expected 17 to 22; got 12" },
        { "export model.onnx --sequence-name words --out out.onnx", 1, "Leave --sequence-name out" },
        { "export model.onnx --sequence-name batch --out out.onnx", 2, "--sequence-name: expected a name other than batch" },
        { "import two.onnx", 1, "its input other Float32 [batch, 3] is not given; give it by name, or say what it is filled with by --fill" },
        { "bench two.onnx", 1, "one example [3] does not run: its input other" },
        { "export model.onnx --out gone/out.onnx", 1, "could not be written" },
        { "bench model.onnx --batches 0", 2, "--batches: expected integers of 1 or more; got 0" },
        { "probe model.onnx --model other.json", 2, "gives inputs [2] Float32" },
        { "probe model.onnx --model model.json", 2, "data: it is missing" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_does_not_go_is_said(string line, int code, string says)
    {
        using var folder = new TemporaryFolder();
        _ = Perceptron(folder);
        Done(CommandRun.Of("export", folder["weights.safetensors"], "--model", folder["model.json"], "--out", folder["model.onnx"]), "Wrote");
        File.WriteAllText(folder["damaged.onnx"], "no model");
        _ = Directory.CreateDirectory(folder["folder.onnx"]);
        File.WriteAllBytes(folder["two.onnx"], TwoInputs());
        File.WriteAllText(folder["rows.csv"], "a,b,kind\n" + string.Concat(Enumerable.Range(0, 60)
            .Select(i => $"{i},{i % 5},{(i % 2 == 0 ? "even" : "odd")}\n")));
        File.WriteAllText(folder["other.json"], """{ "model": { "name": "mlp" }, "data": { "name": "csv", "path": "rows.csv", "target": "kind" } }""");
        string[] arguments = [.. line.Split(' ').Select(word => word.Contains('.', StringComparison.Ordinal) ? folder[word] : word)];
        var run = CommandRun.Of(arguments);
        Assert.True(run.ExitCode == code, $"{run.ExitCode}: {run.Error}");
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["out.onnx"]));
    }

    /// <summary>A file whose one node adds the inputs "input" and "other", both Float32 [batch, 3].</summary>
    private static byte[] TwoInputs() => Convert.FromBase64String(
        "CAgSBGhhbmQ6gAEKIAoFaW5wdXQKBW90aGVyEgZvdXRwdXQaA3N1bSIDQWRkEgFnWhwKBWlucHV0EhMKEQgBEg0KBxIFYmF0Y2gKAggDWhwKBW"
            + "90aGVyEhMKEQgBEg0KBxIFYmF0Y2gKAggDYh0KBm91dHB1dBITChEIARINCgcSBWJhdGNoCgIIA0ICEBE=");

    private static string Done(CommandRun run, string says)
    {
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(says, run.Output, StringComparison.Ordinal);
        return run.Output;
    }

    private static Sequential Perceptron(TemporaryFolder folder)
    {
        var model = Make();
        _ = model.Initialize(new Philox(4));
        model.StateDict().Save(folder["weights.safetensors"]);
        File.WriteAllText(folder["model.json"], """{ "name": "mlp", "hidden": [9, 6] }""");
        return model;
    }

    private static Sequential Make() => new(new Linear(3, 9), new ReLU(), new Linear(9, 6), new ReLU(), new Linear(6, 2));
}
