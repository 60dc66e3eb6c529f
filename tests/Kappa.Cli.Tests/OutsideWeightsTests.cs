using System.Text.Json.Nodes;

namespace Kappa.Cli.Tests;

/// <summary>Safetensors files as PyTorch programs write them, with names and metadata of their own, in the commands that take weights.</summary>
public sealed class OutsideWeightsTests
{
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt", ["author"] = "someone" };

    private const string Mlp = """{ "name": "mlp", "hidden": [6, 5] }""";
    private const string Conv = """{ "name": "conv", "channels": [4, 4], "batchNorm": true }""";

    [Fact]
    public void Rescale_reads_names_of_PyTorch_and_writes_them_back_with_metadata_and_counters()
    {
        using var folder = new TemporaryFolder();
        var model = WriteConv(folder["net.safetensors"]);
        File.WriteAllText(folder["model.json"], Conv);
        // Two blocks of one shape, a normalisation whose bias has the shape of another, and a head without a number: by shape and order.
        var run = CommandRun.Of(
            "rescale", folder["net.safetensors"], "--model", folder["model.json"], "--input-shape", "3,8,8", "--out", folder["out.safetensors"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith($"{folder["net.safetensors"]}: 14 tensors loaded, by shape and order\n", run.Output, StringComparison.Ordinal);
        Assert.Matches("\n  features.0.weight +-> 0.weight  \\[4, 3, 3, 3\\]\n", run.Output);
        Assert.Matches("\n  features.5.running_var +-> 5.running_var  \\[4\\]\n", run.Output);
        Assert.Matches("\n  features.1.num_batches_tracked +-> 1.num_batches_tracked  \\[\\]\n", run.Output);
        Assert.Matches("\n  classifier.bias +-> 8.bias  \\[5\\]\n", run.Output);

        var before = SafeTensorsFile.Read(folder["net.safetensors"]);
        var after = SafeTensorsFile.Read(folder["out.safetensors"]);
        Assert.Equal(Metadata, after.Metadata);
        Assert.Equal(before.Entries.Select(Describe), after.Entries.Select(Describe));
        Assert.Equal([7L], after["features.1.num_batches_tracked"].Values<long>().ToArray());
        Assert.NotEqual(before["features.4.weight"].Values<float>().ToArray(), after["features.4.weight"].Values<float>().ToArray());

        // The function stays, running statistics included.
        var rescaled = MakeConv();
        _ = SafeTensorsImport.Load(folder["out.safetensors"], rescaled, new ImportOptions { Rename = ["features=", "classifier=8"] });
        using var x = Tensor.Normal([3, 3, 8, 8], new Philox(2));
        model.Eval();
        rescaled.Eval();
        Assert.All(model.Forward(x).ToArray<float>().Zip(rescaled.Forward(x).ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));

        static string Describe(SafeTensorsEntry entry) => $"{entry.Name} {entry.Type} [{string.Join(", ", entry.Shape)}]";
    }

    [Fact]
    public void Rules_for_names_are_followed_and_the_mapping_is_shown_by_every_command()
    {
        using var folder = Flowers("fc1", "second.hidden", "head");
        string[] rules = ["--rename", "fc1=0", "--rename", "*.hidden=2", "--rename", "head=4"];
        foreach (string[] command in (string[][])[
            ["rescale", folder["net.safetensors"], "--model", folder["config.json"], "--analyse"],
            ["probe", folder["net.safetensors"], "--model", folder["config.json"], "--top", "1", "--samples", "8"],
            ["diagnose", folder["net.safetensors"], "--model", folder["config.json"], "--kernel", "0", "--jacobians", "0"]])
        {
            var run = CommandRun.Of([.. command, .. rules]);
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.Contains(
                """
                : 6 tensors loaded, by name
                  fc1.weight           -> 0.weight  [6, 2]
                  fc1.bias             -> 0.bias  [6]
                  second.hidden.weight -> 2.weight  [5, 6]
                  second.hidden.bias   -> 2.bias  [5]
                  head.weight          -> 4.weight  [3, 5]
                  head.bias            -> 4.bias  [3]

                """, run.Output, StringComparison.Ordinal);
        }
        var probe = JsonNode.Parse(File.ReadAllText(folder["net-probe/probe.json"]))!;
        Assert.Equal(folder["net.safetensors"], probe["checkpoint"]!.GetValue<string>());
        Assert.Null(probe["step"]);
        Assert.Contains("mlp net on csv: largest eigenvalue", File.ReadAllText(folder["net-probe/report.html"]), StringComparison.Ordinal);
        Assert.True(File.Exists(folder["net-diagnosis/report.html"]));
        // Again into folders of its own.
        string[] again = ["probe", folder["net.safetensors"], "--model", folder["config.json"], "--top", "1", "--samples", "8", .. rules];
        Assert.Equal(0, CommandRun.Of(again).ExitCode);
    }

    [Fact]
    public void The_weights_are_those_that_the_file_has()
    {
        using var folder = Flowers("fc1", "fc2", "fc3");
        using var same = Flowers("0", "2", "4");
        foreach (var one in new[] { folder, same })
            Assert.Equal(0, CommandRun.Of("probe", one["net.safetensors"], "--model", one["config.json"], "--top", "1", "--samples", "8").ExitCode);
        string Loss(TemporaryFolder one) => JsonNode.Parse(File.ReadAllText(one["net-probe/probe.json"]))!["loss"]!.ToJsonString();
        Assert.Equal(Loss(same), Loss(folder));
    }

    [Theory]
    [InlineData("rescale")]
    [InlineData("probe")]
    [InlineData("diagnose")]
    [InlineData("predict")]
    public void What_cannot_be_told_apart_is_refused_with_both_sides_and_a_rule_to_give(string command)
    {
        // Two layers of one shape whose names are no numbers.
        using var folder = Flowers("input", "alpha", "beta", "output");
        string config = folder["config.json"];
        File.WriteAllText(config, File.ReadAllText(config).Replace("[6, 5]", "[6, 6, 6]", StringComparison.Ordinal));
        string[] more = command switch
        {
            "rescale" => ["--out", folder["out.safetensors"]],
            "predict" => [folder["rows.csv"]],
            "probe" => ["--out", folder["out"], "--top", "1", "--samples", "8"],
            _ => ["--out", folder["out"]],
        };
        string[] arguments = command == "predict"
            ? [command, folder["net.safetensors"], .. more, "--model", config]
            : [command, folder["net.safetensors"], "--model", config, .. more];
        var run = CommandRun.Of(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("missing: 0.weight [6, 2], 0.bias [6], 2.weight [6, 6]", run.Error, StringComparison.Ordinal);
        Assert.Contains("alpha.weight [6, 6]", run.Error, StringComparison.Ordinal);
        Assert.Contains("whose names differ in more than numbers, so that their order is not known", run.Error, StringComparison.Ordinal);
        Assert.Contains("Give --rename, such as \"alpha=2\"", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["out.safetensors"]) || Directory.Exists(folder["out"]));
        // What the message says is the way out: the others follow.
        Assert.Equal(0, CommandRun.Of([.. arguments, "--rename", "alpha=2"]).ExitCode);
    }

    [Fact]
    public void Matrices_stored_the_other_way_round_are_never_turned_unasked()
    {
        using var folder = Flowers("0", "2", "4");
        var contents = SafeTensorsFile.Read(folder["net.safetensors"]);
        SafeTensorsFile.Write(folder["net.safetensors"], [.. contents.Entries.Select(Turned)], contents.Metadata);
        byte[] before = File.ReadAllBytes(folder["net.safetensors"]);
        string[] arguments = ["rescale", folder["net.safetensors"], "--model", folder["config.json"], "--out", folder["net.safetensors"]];
        var refused = CommandRun.Of(arguments);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("it is transposed, [in, out] in the place of [out, in]; name it in --transpose", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder["net.safetensors"]));
        var run = CommandRun.Of([.. arguments, "--transpose", "*.weight"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("0.weight -> 0.weight  [6, 2], transposed\n", run.Output, StringComparison.Ordinal);
        // It goes back as it came: the other way round.
        Assert.Equal([2L, 6L], SafeTensorsFile.Read(folder["net.safetensors"])["0.weight"].Shape);

        static SafeTensorsEntry Turned(SafeTensorsEntry entry)
        {
            if (entry.Shape is not [var rows, var columns])
                return entry;
            float[] values = entry.Values<float>().ToArray();
            return SafeTensorsEntry.Create<float>(
                entry.Name, [columns, rows], Enumerable.Range(0, values.Length).Select(i => values[(i % rows * columns) + (i / rows)]).ToArray());
        }
    }

    [Fact]
    public void Tensors_that_are_left_out_are_written_back_as_they_were_and_half_precision_is_not_rounded()
    {
        using var folder = Flowers("0", "2", "4");
        var contents = SafeTensorsFile.Read(folder["net.safetensors"]);
        SafeTensorsFile.Write(
            folder["net.safetensors"],
            [
                .. contents.Entries.Select(entry => SafeTensorsEntry.Create<Half>(
                    entry.Name, entry.Shape, entry.Values<float>().ToArray().Select(value => (Half)value).ToArray())),
                SafeTensorsEntry.Create<byte>("extra.table", [3], new byte[] { 1, 2, 3 }),
            ],
            contents.Metadata);
        string[] arguments = ["rescale", folder["net.safetensors"], "--model", folder["config.json"], "--out", folder["out.safetensors"]];
        var refused = CommandRun.Of(arguments);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("unexpected: extra.table [3]", refused.Error, StringComparison.Ordinal);
        var run = CommandRun.Of([.. arguments, "--leave-out", "extra"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("0.weight -> 0.weight  [6, 2] from F16\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("  left out: extra.table\n", run.Output, StringComparison.Ordinal);
        var written = SafeTensorsFile.Read(folder["out.safetensors"]);
        Assert.Equal([1, 2, 3], written["extra.table"].Bytes.ToArray());
        Assert.Equal(SafeTensorsType.F32, written["0.weight"].Type);
    }

    [Theory]
    [InlineData(2, "it is a file, no run of kappa train; give --model", "probe", "{net.safetensors}")]
    [InlineData(2, "it is a file, no run of kappa train; give --model", "predict", "{net.safetensors}", "{rows.csv}")]
    [InlineData(2, "--model goes with a file of weights", "diagnose", "{}", "--model", "{config.json}")]
    [InlineData(2, "go with a file of weights; give --model as well", "diagnose", "{}", "--rename", "a=b")]
    [InlineData(2, "data: it is missing; expected { \"model\": ..., \"data\": ... }", "probe", "{net.safetensors}", "--model", "{model.json}")]
    [InlineData(2, "model.name: conv is for pictures, and csv holds rows of numbers; expected mlp", "probe", "{net.safetensors}", "--model", "{conv.json}")]
    [InlineData(2, "--rename: \"fc1\": expected one equals sign", "probe", "{net.safetensors}", "--model", "{config.json}", "--rename", "fc1")]
    [InlineData(2, "--rename: \"fc9=0\" fits no tensor of the file", "probe", "{net.safetensors}", "--model", "{config.json}", "--rename", "fc9=0")]
    [InlineData(2, "--leave-out: \"x\" fits no tensor of the file", "probe", "{net.safetensors}", "--model", "{config.json}", "--leave-out", "x")]
    [InlineData(2, "data.path: ", "probe", "{net.safetensors}", "--model", "{gone.json}")]
    [InlineData(2, "pictures.json: data.name: images is no table", "predict", "{net.safetensors}", "{rows.csv}", "--model", "{pictures.json}")]
    [InlineData(1, "would all be 0.bias; change --rename or --leave-out", "probe", "{net.safetensors}", "--model", "{config.json}", "--rename", "*=0")]
    [InlineData(1, "none.safetensors", "probe", "{none.safetensors}", "--model", "{config.json}")]
    [InlineData(1, "By the data csv the model takes [1] and gives 3", "probe", "{net.safetensors}", "--model", "{narrow.json}")]
    public void Bad_usage_says_what_was_expected(int code, string message, params string[] arguments)
    {
        using var folder = Flowers("fc1", "fc2", "fc3");
        string config = File.ReadAllText(folder["config.json"]);
        File.WriteAllText(folder["model.json"], Mlp);
        File.WriteAllText(folder["conv.json"], config.Replace(Mlp, Conv, StringComparison.Ordinal));
        File.WriteAllText(folder["gone.json"], config.Replace("\"path\": \"rows.csv\"", "\"path\": 3", StringComparison.Ordinal));
        File.WriteAllText(folder["narrow.json"], config.Replace("\"target\"", "\"drop\": [\"weight\"], \"target\"", StringComparison.Ordinal));
        File.WriteAllText(folder["pictures.json"], $$"""{ "model": {{Mlp}}, "data": { "name": "images", "path": "x" } }""");
        var run = CommandRun.Of([.. arguments.Select(argument => argument.StartsWith('{') ? folder[argument[1..^1]] : argument)]);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("fault of Kappa", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("ImportOptions", run.Error, StringComparison.Ordinal);
        Assert.Equal(code, run.ExitCode);
    }

    [Fact]
    public void Findings_never_go_into_a_folder_of_somebody_else()
    {
        using var folder = Flowers("0", "2", "4");
        _ = Directory.CreateDirectory(folder["net-probe"]);
        File.WriteAllText(folder["net-probe/mine.txt"], "mine");
        var run = CommandRun.Of("probe", folder["net.safetensors"], "--model", folder["config.json"], "--top", "1", "--samples", "8");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(["mine.txt"], Directory.GetFiles(folder["net-probe"]).Select(Path.GetFileName));
    }

    /// <summary>A table of two numbers and three classes, a config, and weights of a perceptron under other names.</summary>
    private static TemporaryFolder Flowers(params string[] layers)
    {
        var folder = new TemporaryFolder();
        File.WriteAllLines(
            folder["rows.csv"], ["size,weight,kind", .. Enumerable.Range(0, 60).Select(i => $"{(i % 3 * 10) + (i % 7)}.5,{i % 11}.25,kind{i % 3}")]);
        File.WriteAllText(
            folder["config.json"], $$"""{ "model": {{Mlp}}, "data": { "name": "csv", "path": "rows.csv", "target": "kind" } }""");
        int[] widths = layers.Length == 4 ? [2, 6, 6, 6, 3] : [2, 6, 5, 3];
        var entries = new List<SafeTensorsEntry>();
        foreach (var (index, layer) in layers.Index())
        {
            var generator = new Philox((ulong)index);
            entries.Add(Entry($"{layer}.weight", [widths[index + 1], widths[index]], generator));
            entries.Add(Entry($"{layer}.bias", [widths[index + 1]], generator));
        }
        SafeTensorsFile.Write(folder["net.safetensors"], entries, Metadata);
        return folder;
    }

    private static Sequential MakeConv() => new(
        new Conv2d(3, 4, 3, padding: 1, bias: false), new BatchNorm2d(4), new ReLU(), new MaxPool2d(2), new Conv2d(4, 4, 3, padding: 1, bias: false),
        new BatchNorm2d(4), new ReLU(), new GlobalAvgPool2d(), new Linear(4, 5));

    private static Sequential WriteConv(string path)
    {
        var model = MakeConv();
        _ = model.Initialize(new Philox(1));
        var state = model.StateDict();
        foreach (var (name, tensor) in state)
        {
            if (name.EndsWith("running_var", StringComparison.Ordinal) || (name.EndsWith("weight", StringComparison.Ordinal) && tensor.Rank == 1))
                tensor.Values<float>().Fill(1.5f);
            if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                tensor.Values<long>()[0] = 7;
        }
        var theirs = new StateDict();
        foreach (var (name, tensor) in state)
            theirs.Add(name.StartsWith("8.", StringComparison.Ordinal) ? $"classifier.{name[2..]}" : $"features.{name}", tensor);
        theirs.Save(path);
        SafeTensorsFile.Write(path, SafeTensorsFile.Read(path).Entries, Metadata);
        return model;
    }

    private static SafeTensorsEntry Entry(string name, long[] shape, Philox generator)
    {
        float[] values = new float[shape.Aggregate(1L, (count, length) => count * length)];
        generator.FillNormal(values, 0, 0.5f);
        return SafeTensorsEntry.Create<float>(name, shape, values);
    }
}
