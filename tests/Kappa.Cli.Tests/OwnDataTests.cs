using System.Text.Json.Nodes;

namespace Kappa.Cli.Tests;

/// <summary>Each kind of data of one's own in each command that takes data; paths are relative to the config, which lies in another folder than the data.
/// </summary>
public sealed class OwnDataTests(OwnDataTests.Trained trained) : IClassFixture<OwnDataTests.Trained>
{
    public static TheoryData<string, string> Uses
    {
        get
        {
            var uses = new TheoryData<string, string>();
            foreach (string kind in OwnFiles.Kinds.Keys)
            {
                foreach (string command in (string[])[
                    "train", "resume", "probe", "probe the file", "diagnose", "diagnose the file", "compare", "sweep", "reproduce"])
                    uses.Add(kind, command);
            }
            return uses;
        }
    }

    [Theory]
    [MemberData(nameof(Uses))]
    public void Every_command_takes_every_kind(string kind, string command)
    {
        var folder = trained.Of(kind);
        string weights = folder["run/checkpoints/step-00000006/model.safetensors"], config = folder["configs/train.json"];
        switch (command)
        {
            case "train":
                Assert.True(File.Exists(folder["run/result.json"]));
                break;
            case "resume":
                Done(CommandRun.Of("train", "--resume", folder["run"]));
                break;
            case "probe":
                Done(CommandRun.Of("probe", folder["run"], "--top", "2", "--samples", "10", "--criteria", "--matrix", "gauss-newton"));
                Assert.True(Number(folder["run/probe/probe.json"], "loss") > 0);
                break;
            case "probe the file":
                Done(CommandRun.Of("probe", folder["run"], "--top", "2", "--samples", "10", "--data", "validation"));
                var file = Done(CommandRun.Of("probe", weights, "--model", config, "--top", "2", "--samples", "10", "--data", "validation"));
                Assert.Contains($"{weights}: ", file.Output, StringComparison.Ordinal);
                // The same data, encoded alike, and the same weights.
                foreach (string figure in (string[])["loss", "gradientNorm", "trace"])
                {
                    double expected = Number(folder["run/probe/probe.json"], figure);
                    Assert.Equal(expected, Number(folder["run/checkpoints/step-00000006/model-probe/probe.json"], figure));
                }
                break;
            case "diagnose":
                Assert.Contains(", step 6: the worst-conditioned weight is ", Done(CommandRun.Of("diagnose", folder["run"], "--kernel", "8")).Output);
                Assert.True(File.Exists(folder["run/diagnosis/report.html"]));
                break;
            case "diagnose the file":
                Assert.Contains("model: the worst-conditioned weight is ", Done(CommandRun.Of("diagnose", weights, "--model", config, "--kernel", "8")).Output);
                Assert.True(File.Exists(folder["run/checkpoints/step-00000006/model-diagnosis/report.html"]));
                break;
            case "compare":
                var (data, model) = OwnFiles.Kinds[kind];
                string task = kind == "text"
                    ? """{ "name": "text", "path": "../data/text.txt", "width": 8, "layers": 1, "heads": 2, "contextLength": 8 }"""
                    : $$"""{ "name": "prediction", "data": {{data}}, "network": {{model}} }""";
                File.WriteAllText(
                    folder["configs/compare.json"],
                    $$"""
                    { "name": "own", "task": {{task}}, "optimizers": [ { "name": "adamw" } ], "learningRates": [0.01], "seeds": 1, "steps": 4,
                      "batchSize": 8 }
                    """);
                Done(CommandRun.Of("compare", folder["configs/compare.json"], "--out", folder["compared"]));
                break;
            case "sweep":
                File.WriteAllText(
                    folder["configs/sweep.json"],
                    $$"""
                    { "name": "own", "train": {{OwnFiles.TrainConfig(kind)}},
                      "search": { "optimizer.learningRate": { "from": 0.001, "to": 0.1, "scale": "log" } }, "trials": 2 }
                    """);
                Done(CommandRun.Of("sweep", folder["configs/sweep.json"], "--out", folder["swept"]));
                break;
            case "reproduce":
                string network = JsonNode.Parse(OwnFiles.Kinds[kind].Model)!["name"]!.GetValue<string>();
                string own = OwnFiles.Kinds[kind].Data.Replace("../data", folder["data"], StringComparison.Ordinal);
                Done(CommandRun.Of(
                    "reproduce", "curvature/fig4", "--out", folder["reproduced"], "--jobs", "1", "--set", $"data={own}", $"networks=[\"{network}\"]", "steps=5",
                    "batchSize=8", "seeds=1", "sigmas=[1e-3]", "samples=2", "dimensions=[2]", "width=8", "layers=1", "contextLength=8"));
                break;
        }
    }

    /// <summary>A folder of each kind, with a run that was trained on it.</summary>
    public sealed class Trained : IDisposable
    {
        private readonly Dictionary<string, TemporaryFolder> _folders = [];

        /// <summary>That of a kind, which no test changes but by adding to it.</summary>
        internal TemporaryFolder Of(string kind)
        {
            if (_folders.TryGetValue(kind, out var known))
                return known;
            var folder = _folders[kind] = OwnFiles.Make(kind);
            Done(CommandRun.Of("train", folder["configs/train.json"], "--out", folder["run"]));
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
    [InlineData("csv")]
    [InlineData("csv of numbers")]
    [InlineData("parquet")]
    [InlineData("numpy")]
    public void A_table_is_predicted_by_a_run_and_by_its_file_of_weights_alike(string kind)
    {
        using var folder = OwnFiles.Make(kind);
        string config = folder["configs/train.json"];
        Done(CommandRun.Of("train", config, "--out", folder["run"]));
        string rows = folder[JsonNode.Parse(OwnFiles.Kinds[kind].Data)!["path"]!.GetValue<string>()[3..]];
        var run = Done(CommandRun.Of("predict", folder["run"], rows));
        var file = CommandRun.Of("predict", folder["run/checkpoints/step-00000006/model.safetensors"], rows, "--model", config);
        Assert.Equal(0, file.ExitCode);
        Assert.Contains("6 tensors loaded, by name\n", file.Error, StringComparison.Ordinal);
        Assert.Equal(run.Output, file.Output);
        Assert.Equal(91, run.Output.Count(character => character == '\n'));
    }

    [Theory]
    [InlineData("pathcond/fig2", "csv")]
    [InlineData("pathcond/fig2", "images as vectors")]
    [InlineData("pathcond/fig3", "images")]
    [InlineData("pathcond/autoencoder", "images as vectors")]
    [InlineData("pathcond/optimizers", "parquet")]
    public void Figures_of_pictures_take_data_of_ones_own_and_resume_from_another_folder(string experiment, string kind)
    {
        using var folder = OwnFiles.Make(kind);
        string own = OwnFiles.Kinds[kind].Data.Replace("../data", Path.GetRelativePath(Environment.CurrentDirectory, folder["data"]), StringComparison.Ordinal);
        string[] more = experiment switch
        {
            "pathcond/fig2" => ["width=4", "depths=[2]", "learningRates=[0.01]"],
            "pathcond/fig3" => ["width=4", "learningRates=[0.01]"],
            "pathcond/autoencoder" => ["firstWidth=8", "factors=[2]", "learningRates=[0.1]"],
            _ => ["hidden=[4]", "optimizers={\"adamw\":[0.01]}"],
        };
        var run = Done(CommandRun.Of(
            [
                "reproduce", experiment, "--out", folder["run"], "--set", $"data={own}", "seeds=1", "epochs=2", "methods=[\"plain\",\"pathcond\"]",
                "batchSize=16", .. more,
            ]));
        // An absolute path, so that the run goes on from wherever.
        string config = File.ReadAllText(folder["run/config.json"]);
        Assert.DoesNotContain("..", JsonNode.Parse(config)!["settings"]!["data"]!["path"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(Answer(run), Answer(Done(CommandRun.Of("reproduce", "--resume", folder["run"]))));
        if (kind is "csv" or "images")
        {
            string changed = kind == "csv" ? folder["data/rows.csv"] : folder["data/pictures/class0/00.png"];
            File.Copy(kind == "csv" ? folder["configs/train.json"] : folder["data/pictures/class1/01.png"], folder["other"]);
            if (kind == "csv")
                File.AppendAllText(changed, "1.5,2.25,kind1\n");
            else
                File.Copy(folder["other"], changed, overwrite: true);
            var refused = CommandRun.Of("reproduce", "--resume", folder["run"]);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains("--amend", refused.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("pathcond/fig3", "csv", "data: csv does not hold what this figure is made of; expected one of fashion-mnist, handwritten-digits, images")]
    [InlineData("pathcond/fig2", "text", "data: text does not hold what this figure is made of")]
    [InlineData("pathcond/fig2", "csv of numbers", "data: csv has numbers to predict, and this figure is made of classes")]
    [InlineData("curvature/fig2", "images", "networks: transformer does not take what images holds; give those that do, such as --set networks=[\"mlp\"]")]
    [InlineData("pathcond/two-moons", "csv", "data: unknown field \"data\"")]
    [InlineData("isometry/permuted-inputs", "images", "data: expected one of fashion, digits; got {")]
    public void Data_that_a_figure_cannot_use_is_refused_with_what_it_takes(string experiment, string kind, string message)
    {
        using var folder = OwnFiles.Make(kind);
        string own = OwnFiles.Kinds[kind].Data.Replace("../data", folder["data"], StringComparison.Ordinal);
        var run = CommandRun.Of("reproduce", experiment, "--out", folder["run"], "--set", $"data={own}");
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.ExitCode);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void An_encoder_that_is_gone_is_not_made_anew()
    {
        using var folder = OwnFiles.Make("csv");
        Done(CommandRun.Of("train", folder["configs/train.json"], "--out", folder["run"]));
        File.Delete(folder["run/encoder.json"]);
        foreach (string command in (string[])["probe", "diagnose"])
        {
            var run = CommandRun.Of(command, folder["run"]);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("encoder.json: it is missing", run.Error, StringComparison.Ordinal);
            Assert.False(File.Exists(folder["run/encoder.json"]));
        }
    }

    /// <summary>What was found, without how long it took.</summary>
    private static string Answer(CommandRun run) =>
        run.Output[run.Output.IndexOf("\n\n", StringComparison.Ordinal)..run.Output.LastIndexOf("Report: ", StringComparison.Ordinal)];

    private static double Number(string path, string name) => JsonNode.Parse(File.ReadAllText(path))![name]!.GetValue<double>();

    private static CommandRun Done(CommandRun run)
    {
        Assert.True(run.ExitCode == 0, run.Error);
        return run;
    }
}
