namespace Kappa.Lab.Experiments.Curvature;

/// <summary>The models of the experiments: each is trained once, as <c>kappa train</c> would, in the experiment's prepared folder.</summary>
internal static class ProbedModels
{
    internal static string? Unavailable => DataCatalog.BrownCorpus.WhyMissing();

    /// <summary>Reads the config of every model, so that what is wrong with one is said before anything runs.</summary>
    /// <exception cref="ConfigException">A network or an optimizer does not exist, or a size does not fit.</exception>
    internal static void Check(ModelSettings settings)
    {
        foreach (string optimizer in settings.Optimizers)
        {
            _ = OptimizerChoice.Parse(optimizer, "optimizers", settings.Choices);
            foreach (string network in settings.Networks)
                _ = Read(settings, network, optimizer);
        }
    }

    /// <summary>Trains what is not trained yet.</summary>
    internal static void Prepare(ModelSettings settings, CellContext context)
    {
        (string Network, string Optimizer)[] models = [.. from network in settings.Networks from optimizer in settings.Optimizers select (network, optimizer)];
        for (int i = 0; i < models.Length; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            Train(settings, models[i].Network, models[i].Optimizer, context, new PreparationProgress(context, i, models.Length));
        }
    }

    /// <summary>A trained model.</summary>
    internal static TrainedModel Load(ModelSettings settings, CellContext context, string network, string optimizer) =>
        TrainedModel.Load(FolderOf(context.Prepared, network, optimizer), settings.Choices);

    /// <summary>The mean loss over so many samples in the order of a seed.</summary>
    internal static EmpiricalRisk Risk(TrainedModel model, int samples, int seed) => model.Risk(samples, new RiskOptions { BatchSize = 16 }, seed: (ulong)seed);

    /// <summary>The cells of every model and seed.</summary>
    internal static IReadOnlyList<ExperimentCell> Cells(ModelSettings settings, Func<string, string, int, CellContext, JsonObject> run) =>
    [
        .. from network in settings.Networks
           from optimizer in settings.Optimizers
           from seed in Enumerable.Range(0, settings.Seeds)
           select new ExperimentCell(KeyOf(network, optimizer, seed), context => run(network, optimizer, seed, context)),
    ];

    internal static string KeyOf(string network, string optimizer, int seed) =>
        string.Create(CultureInfo.InvariantCulture, $"{network}/{optimizer}/seed={seed}");

    /// <summary>The results of one model, over the seeds.</summary>
    internal static IReadOnlyList<CellResult> Of(ModelSettings settings, CellResults results, string network, string optimizer) =>
        results.Of(Enumerable.Range(0, settings.Seeds).Select(seed => KeyOf(network, optimizer, seed)));

    internal static IEnumerable<(string Network, string Optimizer, IReadOnlyList<CellResult> Results)> ByModel(ModelSettings settings, CellResults results) =>
        from network in settings.Networks
        from optimizer in settings.Optimizers
        let found = Of(settings, results, network, optimizer)
        where found.Count > 0
        select (network, optimizer, found);

    private static string FolderOf(RunPart prepared, string network, string optimizer) => prepared.PathOf($"{network}-{ExperimentFolder.SlugOf(optimizer)}");

    private static void Train(ModelSettings settings, string network, string optimizer, CellContext context, PreparationProgress progress)
    {
        string path = FolderOf(context.Prepared, network, optimizer);
        _ = TrainingRunner.Run(Read(settings, network, optimizer), path, progress, context.Cancellation);
    }

    private static JsonObject Config(ModelSettings settings, string network, string optimizer) => new()
    {
        ["name"] = $"{network}-{optimizer}",
        ["data"] = network == "transformer"
            ? new JsonObject { ["name"] = "brown-corpus", ["tokenizer"] = "character" }
            : new JsonObject { ["name"] = "fashion-mnist" },
        ["model"] = network switch
        {
            "transformer" => new JsonObject
            {
                ["name"] = "transformer", ["width"] = settings.Width, ["layers"] = settings.Layers, ["heads"] = 4, ["keyHeads"] = 2, ["contextLength"] = settings.ContextLength,
            },
            "mlp" => new JsonObject { ["name"] = "mlp", ["hidden"] = new JsonArray(64, 64), ["activation"] = "tanh" },
            _ => new JsonObject { ["name"] = "conv", ["channels"] = new JsonArray(8, 16, 32) },
        },
        ["optimizer"] = Optimizer(optimizer, network == "transformer"),
        ["schedule"] = new JsonObject { ["warmup"] = Math.Max(1, settings.Steps / 10), ["decay"] = "cosine" },
        ["steps"] = settings.Steps,
        ["batchSize"] = settings.BatchSize,
        ["maxGradientNorm"] = 1,
        ["validationExamples"] = 200,
        ["seed"] = 1,
    };

    /// <summary>At learning rates that suit the optimizer's steps.</summary>
    private static JsonObject Optimizer(string text, bool isTransformer)
    {
        string[] parts = text.Split('+', StringSplitOptions.TrimEntries);
        var result = new JsonObject { ["name"] = parts[0] };
        switch (parts[0].Replace(OptimizerKind.Prefix, "", StringComparison.Ordinal))
        {
            case "sgd":
                (result["learningRate"], result["momentum"]) = (isTransformer ? 0.3 : 0.03, 0.9);
                break;
            case "muon" or "muono":
                (result["learningRate"], result["othersRatio"]) = (0.02, 0.2);
                break;
            case "signum":
                result["learningRate"] = isTransformer ? 3e-4 : 1e-4;
                break;
            default:
                result["learningRate"] = isTransformer ? 3e-3 : 1e-3;
                break;
        }

        if (parts.Length > 1)
            result["remedy"] = parts[1];
        return result;
    }

    private static TrainingConfig Read(ModelSettings settings, string network, string optimizer) =>
        TrainingConfig.Parse(Config(settings, network, optimizer).ToJsonString(), ".", settings.Choices);
}
