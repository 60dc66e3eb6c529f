using Kappa.Lab.Experiments;
using Kappa.Lab.Experiments.Sweeps;
using Kappa.Lab.Studies.Compare;
using Kappa.Lab.Studies.Train;

namespace Kappa.Fuzz.Targets;

/// <summary>Configs.</summary>
internal static class ConfigTargets
{
    private static readonly string[] TrainTexts =
    [
        """
        // Text.
        { "$schema": "x", "name": "tiny", "data": { "name": "brown-corpus", "tokenizer": "character" },
          "model": { "name": "transformer", "width": 32, "layers": 2, "heads": 2, "contextLength": 32 },
          "optimizer": { "name": "dopr-adamw", "learningRate": 3e-3, "weightDecay": 0.1 }, "epochs": 1.5, "batchSize": 16, "validationExamples": "all", }
        """,
        """
        { "name": "rows", "data": { "name": "csv", "path": "rows.csv", "target": "kind", "separator": ",", "drop": ["x"], "missing": "mean" },
          "model": { "name": "mlp", "hidden": [4, 4], "activation": "tanh" }, "optimizer": { "name": "adamo", "learningRate": 0.01 },
          "schedule": { "warmup": 2, "decay": "cosine" }, "steps": 10, "batchSize": 8, "pieces": 8, "maxGradientNorm": 1, "seed": 3, "evaluateEvery": 5,
          "checkpointEvery": 5, "diagnostics": 5, "monitor": "metric", "patience": 2, "keepBest": true, "shifts": [{ "shift": "noise", "strengths": [0.1] }],
          "device": "cpu" }
        """,
        """
        { "name": "pictures", "data": { "name": "images", "path": "p", "height": 8, "width": 8, "augmentation": { "flip": true } },
          "model": { "name": "conv", "channels": [4, 8] }, "optimizer": { "name": "muon", "learningRate": 0.01, "othersRatio": 0.1 }, "minutes": 0.1 }
        """,
    ];

    private static readonly string[] CompareTexts =
    [
        """
        { "name": "a", "task": { "name": "linear-control", "condition": 10000 }, "model": { "hidden": [8] },
          "optimizers": [{ "name": "adamw", "label": "A", "whiten": true, "steps": 256 },
            { "name": "dopr-adamw", "learningRates": [1e-3], "activationPreconditioning": { "layers": "first" } }],
          "learningRates": [1e-3, 3e-3], "seeds": 3, "steps": 64, "batchSize": 64, "schedule": { "warmup": 0, "decay": "none" }, "selectBy": "metric" }
        """,
        """
        { "name": "b", "task": { "name": "flow", "data": "checkerboard" }, "optimizers": [{ "name": "muon" }, { "name": "sgd" }], "seeds": [1, 2] }
        """,
    ];

    private const string SweepText = """
        { "name": "s", "train": { "name": "rows", "data": { "name": "csv", "path": "rows.csv", "target": "kind" }, "model": { "name": "mlp", "hidden": [4] },
            "optimizer": { "name": "adamw", "learningRate": 0.001 }, "steps": 270 },
          "search": { "optimizer.learningRate": { "from": 1e-4, "to": 0.1, "scale": "log" }, "batchSize": { "from": 8, "to": 64 } },
          "trials": 4, "method": "halving", "reduction": 2, "seed": 1 }
        """;

    private const string DescriptionText = """
        { "model": { "name": "mlp", "hidden": [3], "inputShape": [1, 2, 1] }, "data": { "name": "csv", "path": "rows.csv", "target": "kind" } }
        """;

    private const string ExperimentText = """{ "experiment": "pathcond/two-moons", "settings": { "seeds": 2 }, "device": "cpu" }""";

    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Config("train-config", ["TrainingConfig.ReadFile", "TrainingConfig.Parse"], TrainTexts, input =>
        {
            var config = TrainingConfig.ReadFile(input.File, KappaCatalog.Choices);
            string text = config.ToText();
            UnfaithfulException.Require("a second writing", text, TrainingConfig.Parse(text, input.Folder, KappaCatalog.Choices).ToText());
            return $"{config.Data.Name} {config.Model.Name} {config.Optimizer.GetType().Name}";
        }),
        Config("compare-config", ["ComparisonConfig.ReadFile", "ComparisonConfig.Parse"], CompareTexts, input =>
        {
            var config = ComparisonConfig.ReadFile(input.File, KappaCatalog.Choices);
            string text = config.ToText();
            UnfaithfulException.Require("a second writing", text, ComparisonConfig.Parse(text, KappaCatalog.Choices).ToText());
            return $"{config.Task.Name} {config.Optimizers.Count}";
        }),
        Config("sweep-config", ["SweepConfig.ReadFile"], [SweepText], input =>
        {
            var config = SweepConfig.ReadFile(input.File, KappaCatalog.Choices);
            return $"{config.Train.Data.Name} {config.Search.Count}";
        }),
        Config("model-description", ["SavedModel.Load", "TrainedModel.Load"], [DescriptionText, """{ "hidden": [3] }"""], ReadDescription,
            typeof(StateMismatchException), typeof(DataFileException), typeof(FileNotFoundException), typeof(IOException)),
        Config("experiment-config", ["ExperimentConfig.Read", "Experiment.Read", "Experiment.Plan"], [ExperimentText], input =>
        {
            _ = input.File;
            var config = ExperimentConfig.Read(input.Folder, RunManifest.Begin("reproduce", [], new Dictionary<string, string>()));
            var experiment = KappaCatalog.Choices.Find<Experiment>(config.Experiment, "experiment");
            _ = experiment.Read(config.Settings, KappaCatalog.Choices);
            return experiment.FullName;
        }) with { FileName = "config.json" },
    ];

    private static FuzzTarget Config(string name, string[] readers, string[] texts, Func<FuzzInput, string> read, params Type[] more) => new(name, read)
    {
        Readers = readers, Refusals = [typeof(ConfigException), .. more], Form = Form.Text, FileName = "input.json",
        Seeds = () => texts.Select((text, i) => ($"{i + 1}.json", Encoding.UTF8.GetBytes(text))),
    };

    /// <summary>A description beside weights that fit it.</summary>
    private static string ReadDescription(FuzzInput input)
    {
        string path = input.File, weights = input.Beside("weights.safetensors");
        CheckpointTargets.NewModel().StateDict().Save(weights);
        File.WriteAllText(input.Beside("rows.csv"), "x,y,kind\n1.5,2.5,a\n-2,1,b\n0,1.25,a\n1,0.5,b\n2.5,1,a\n-1,4.5,b\n");
        var saved = SavedModel.Load(new WeightsRequest(weights, path), KappaCatalog.Choices);
        var trained = TrainedModel.Load(new WeightsRequest(weights, path), KappaCatalog.Choices);
        return $"{saved.InputShape} {trained.Source.DataName}";
    }
}
