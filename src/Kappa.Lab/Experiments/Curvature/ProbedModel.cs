namespace Kappa.Lab.Experiments.Curvature;

/// <summary>A model of the experiments: trained once, as <c>kappa train</c> would, in the experiment's prepared folder.</summary>
internal sealed record ProbedModel(ModelSettings Settings, string Network, string Optimizer)
{
    internal string Title => $"{Network} by {Optimizer}";

    private bool IsTransformer => Network == "transformer";

    /// <summary>The cell of an order of the samples.</summary>
    internal string Key(int seed) => FormattableString.Invariant($"{Network}/{Optimizer}/seed={seed}");

    /// <summary>Reads its config, so that what is wrong with it is said before anything runs.</summary>
    /// <exception cref="ConfigException">The network or the optimizer does not exist, or a size does not fit.</exception>
    internal TrainingConfig Read() => TrainingConfig.Parse(Config().ToJsonString(), Path.GetFullPath("."), Settings.Choices);

    /// <summary>Trains it where that is not done yet.</summary>
    internal void Train(CellContext context, IProgress<TrainingProgress> progress) =>
        _ = TrainingRunner.Run(Read() with { Compute = context.Compute }, FolderIn(context.Prepared), progress, context.Cancellation);

    /// <summary>The mean loss of the trained model over so many samples in the order of a seed.</summary>
    internal EmpiricalRisk Risk(CellContext context, int samples, int seed)
    {
        var trained = TrainedModel.Load(FolderIn(context.Prepared), Settings.Choices);
        _ = trained.Model.To(context.Compute.Open());
        return trained.Risk(samples, new RiskOptions { BatchSize = 16 }, seed: (ulong)seed);
    }

    private string FolderIn(RunPart prepared) => prepared.PathOf($"{Network}-{ExperimentFolder.SlugOf(Optimizer)}");

    private JsonObject Config() => new()
    {
        ["name"] = $"{Network}-{Optimizer}",
        ["data"] = Settings.Data is { } own ? OwnData.Resolved(own, Path.GetFullPath("."))
            : IsTransformer ? new JsonObject { ["name"] = "brown-corpus", ["tokenizer"] = "character" }
            : new JsonObject { ["name"] = "fashion-mnist" },
        ["model"] = Network switch
        {
            "transformer" => new JsonObject
            {
                ["name"] = "transformer", ["width"] = Settings.Width, ["layers"] = Settings.Layers, ["heads"] = 4, ["keyHeads"] = 2,
                ["contextLength"] = Settings.ContextLength,
            },
            "mlp" => new JsonObject { ["name"] = "mlp", ["hidden"] = new JsonArray(64, 64), ["activation"] = "tanh" },
            _ => new JsonObject { ["name"] = "conv", ["channels"] = new JsonArray(8, 16, 32) },
        },
        ["optimizer"] = OptimizerConfig(),
        ["schedule"] = new JsonObject { ["warmup"] = Math.Max(1, Settings.Steps / 10), ["decay"] = "cosine" },
        ["steps"] = Settings.Steps,
        ["batchSize"] = Settings.BatchSize,
        ["maxGradientNorm"] = 1,
        ["validationExamples"] = 200,
        ["seed"] = 1,
    };

    /// <summary>At learning rates that suit the optimizer's steps.</summary>
    private JsonObject OptimizerConfig()
    {
        string[] parts = Optimizer.Split('+', StringSplitOptions.TrimEntries);
        var result = new JsonObject { ["name"] = parts[0] };
        switch (parts[0].Replace(OptimizerKind.Prefix, "", StringComparison.Ordinal))
        {
            case "sgd":
                (result["learningRate"], result["momentum"]) = (IsTransformer ? 0.3 : 0.03, 0.9);
                break;
            case "muon" or "muono":
                (result["learningRate"], result["othersRatio"]) = (0.02, 0.2);
                break;
            case "signum":
                result["learningRate"] = IsTransformer ? 3e-4 : 1e-4;
                break;
            default:
                result["learningRate"] = IsTransformer ? 3e-3 : 1e-3;
                break;
        }

        if (parts.Length > 1)
            result["remedy"] = parts[1];
        return result;
    }
}
