namespace Kappa.Lab.Catalog;

/// <summary>The settings of the study of test-time feedback: a task each, in minutes and in hours.</summary>
internal static class FeedbackCatalog
{
    private const string AllOptimizers = """
        [{ "name": "adamw" }, { "name": "muon", "matrices": "all", "learningRates": [0.003, 0.01, 0.03, 0.1] },
         { "name": "signum", "learningRates": [0.0003, 0.001, 0.003, 0.01] }, { "name": "adamuon", "matrices": "all" },
         { "name": "sgd", "momentum": 0.9, "learningRates": [0.03, 0.1, 0.3, 1] }]
        """;

    // Of networks whose matrices in the middle are Muon's, and of which the rest trains at a tenth of the rate.
    private const string OptimizersOfPolicies = """
        [{ "name": "adamw" }, { "name": "muon", "othersRatio": 0.1, "learningRates": [0.03, 0.1, 0.3] },
         { "name": "signum", "learningRates": [0.001, 0.003, 0.01] },
         { "name": "adamuon", "othersRatio": 0.1, "learningRates": [0.003, 0.01, 0.03] },
         { "name": "sgd", "momentum": 0.9, "learningRates": [0.1, 0.3, 1] }]
        """;

    private const string AllAblations = """
        { "gamma": [0.003, 0.01, 0.03, 0.1, 0.3, 1], "refreshInterval": [1, 4, 16], "movingAverage": [0, 0.9, 0.99] }
        """;

    // Name, what it asks, settings of minutes, and what the size of hours changes of them.
    private static readonly (string Name, string Summary, string Minimal, string Full)[] Settings =
    [
        (
            "linear-control",
            "A linear controller cloned from ill-conditioned states, deployed exactly: does AP help the closed loop, and what ranks models as it does?",
            $$"""
            { "task": { "name": "linear-control" },
              "optimizers": {{AllOptimizers}}, "learningRates": [0.003, 0.01, 0.03, 0.1], "weightDecays": [0, 0.1],
              "controls": ["whitened", "first", "hidden", "longer"],
              "ablations": { "gamma": [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1], "refreshInterval": [1, 4, 16], "movingAverage": [0, 0.9, 0.99] },
              "steps": 64, "batchSize": 64, "schedule": { "warmup": 0, "decay": "none" }, "tuningSeeds": 5, "seeds": 20 }
            """,
            """{ "seeds": 100, "tuningSeeds": 10 }"""),
        (
            "arithmetic",
            "Sums with written-out steps, judged by what the model writes alone: does AP help exact match, and what ranks models as it does?",
            """
            { "task": { "name": "arithmetic", "digits": 3, "beyond": 1, "width": 32, "validationExamples": 200, "problems": 60 },
              "optimizers": [{ "name": "adamw" }, { "name": "muon", "learningRates": [0.01, 0.03, 0.1] }], "learningRates": [0.003, 0.01, 0.03],
              "controls": ["longer"], "ablations": { "gamma": [0.01, 0.1, 1] }, "steps": 700, "batchSize": 32, "tuningSeeds": 1, "seeds": 8 }
            """,
            """{ "task": { "name": "arithmetic" }, "controls": ["longer", "first", "hidden"], "steps": 3000, "batchSize": 64, "tuningSeeds": 2 }"""),
        (
            "squat",
            "A humanoid's squat cloned from an expert: does AP keep it up for longer, and what ranks policies as the rollout does? (needs MuJoCo)",
            $$"""
            { "task": { "name": "humanoid-squat", "demonstrations": 10, "validationDemonstrations": 3, "starts": 20, "controlNoise": 0 },
              "model": { "hidden": [64, 64] }, "optimizers": {{OptimizersOfPolicies}},
              "learningRates": [0.003, 0.01, 0.03], "activationPreconditioning": { "gamma": 0.01 }, "controls": ["whitened", "longer"],
              "ablations": { "gamma": [0.001, 0.003, 0.01, 0.03, 0.1], "refreshInterval": [1, 4, 16], "movingAverage": [0, 0.9, 0.99] },
              "steps": 600, "batchSize": 128, "tuningSeeds": 2, "seeds": 10 }
            """,
            """
            { "task": { "name": "humanoid-squat" }, "model": { "hidden": [256, 256] }, "controls": ["whitened", "first", "hidden", "longer"],
              "steps": 3000, "batchSize": 256, "tuningSeeds": 2 }
            """),
        (
            "balance",
            "A humanoid's balance cloned from a stiff expert: does AP keep it up for longer, and what ranks policies as the rollout does? (needs MuJoCo)",
            $$"""
            { "task": { "name": "humanoid-balance", "demonstrations": 10, "validationDemonstrations": 3, "starts": 20, "controlNoise": 0 },
              "model": { "hidden": [64, 64] }, "optimizers": {{OptimizersOfPolicies}},
              "learningRates": [0.003, 0.01, 0.03], "activationPreconditioning": { "gamma": 0.01 }, "controls": ["whitened", "longer"],
              "ablations": { "gamma": [0.001, 0.003, 0.01, 0.03, 0.1], "refreshInterval": [1, 4, 16], "movingAverage": [0, 0.9, 0.99] },
              "steps": 600, "batchSize": 128, "tuningSeeds": 2, "seeds": 10 }
            """,
            """
            { "task": { "name": "humanoid-balance" }, "model": { "hidden": [256, 256] }, "controls": ["whitened", "first", "hidden", "longer"],
              "steps": 3000, "batchSize": 256, "tuningSeeds": 2 }
            """),
        (
            "cartpole",
            "A pole on a cart swung up from states, cloned from an expert that is not linear: does AP help, and what ranks policies as it does? (needs MuJoCo)",
            $$"""
            { "task": { "name": "cartpole", "demonstrations": 60, "validationDemonstrations": 10, "starts": 40, "controlNoise": 0 },
              "model": { "hidden": [64, 64] }, "optimizers": {{OptimizersOfPolicies}},
              "learningRates": [0.003, 0.01, 0.03], "activationPreconditioning": { "gamma": 0.01 }, "controls": ["whitened", "longer"],
              "ablations": { "gamma": [0.001, 0.003, 0.01, 0.03, 0.1], "refreshInterval": [1, 4, 16], "movingAverage": [0, 0.9, 0.99] },
              "steps": 1000, "batchSize": 128, "tuningSeeds": 2, "seeds": 30 }
            """,
            """
            { "task": { "name": "cartpole", "demonstrations": 200, "starts": 100 }, "model": { "hidden": [256, 256] },
              "controls": ["whitened", "first", "hidden", "longer"], "steps": 10000, "batchSize": 256, "tuningSeeds": 2 }
            """),
        (
            "cartpole-pictures",
            "The cart-pole swung up from small pictures by a convolutional network: does AP help, and what ranks policies as the rollout does? (needs MuJoCo)",
            """
            { "task": { "name": "cartpole", "observation": "picture", "side": 24, "frameEvery": 3, "chunk": 4, "demonstrations": 100,
                        "validationDemonstrations": 10, "starts": 20, "controlNoise": 0, "metric": "return" },
              "optimizers": [{ "name": "adamw" }, { "name": "muon", "othersRatio": 0.1, "learningRates": [0.03, 0.1, 0.3] }],
              "learningRates": [0.003, 0.01, 0.03], "activationPreconditioning": { "gamma": 0.01 }, "controls": ["longer"],
              "steps": 1000, "batchSize": 64, "tuningSeeds": 1, "seeds": 5 }
            """,
            """
            { "task": { "name": "cartpole", "observation": "picture", "side": 32, "chunk": 4, "demonstrations": 200, "starts": 100 },
              "controls": ["first", "hidden", "longer"], "steps": 10000, "batchSize": 128, "tuningSeeds": 2 }
            """),
        (
            "cartpole-flow",
            "The cart-pole swung up by a flow from noise to chunks of actions: does AP help, and what ranks policies as the rollout does? (needs MuJoCo)",
            """
            { "task": { "name": "cartpole", "chunk": 4, "head": "flow", "flowSteps": 10, "demonstrations": 80, "validationDemonstrations": 10, "starts": 40,
                        "controlNoise": 0 },
              "model": { "hidden": [128, 128] },
              "optimizers": [{ "name": "adamw" }, { "name": "muon", "othersRatio": 0.1, "learningRates": [0.03, 0.1, 0.3] }],
              "learningRates": [0.003, 0.01, 0.03], "activationPreconditioning": { "gamma": 0.01 }, "controls": ["whitened", "longer"],
              "steps": 3000, "batchSize": 128, "tuningSeeds": 1, "seeds": 8 }
            """,
            """
            { "task": { "name": "cartpole", "chunk": 8, "head": "flow", "demonstrations": 200, "starts": 100 }, "model": { "hidden": [256, 256] },
              "controls": ["whitened", "first", "hidden", "longer"], "steps": 20000, "batchSize": 256, "tuningSeeds": 2 }
            """),
        (
            "text",
            "English text, judged by what the model writes alone beside held-out text: does AP help, and what ranks models as that does?",
            """
            { "task": { "name": "text", "metric": "divergence", "generation": { "texts": 64, "tokens": 96, "prompt": 24, "judgeSteps": 0 }, "contextLength": 48,
                "width": 32, "layers": 2, "heads": 4, "validationExamples": 64 },
              "optimizers": [{ "name": "adamw" }, { "name": "muon", "learningRates": [0.1, 0.3, 1] }], "learningRates": [0.003, 0.01, 0.03],
              "controls": ["longer"], "ablations": { "gamma": [0.01, 0.1, 1] }, "steps": 800, "batchSize": 16, "tuningSeeds": 1, "seeds": 6 }
            """,
            """
            { "task": { "name": "text", "metric": "judge gap", "generation": { "texts": 64, "tokens": 480 } },
              "controls": ["longer", "first", "hidden"], "steps": 3000, "batchSize": 32, "tuningSeeds": 2 }
            """),
        (
            "flow",
            "Points of a checkerboard by flow matching, judged by their density, which is known: does AP help what is made, and what ranks models as it does?",
            """
            { "task": { "name": "flow", "data": "checkerboard", "integrators": ["euler"], "steps": [1, 2, 4, 8, 16, 32, 64], "validationExamples": 2000 },
              "model": { "hidden": [96, 96, 96], "activation": "silu" },
              "optimizers": [{ "name": "adamw" }, { "name": "muon", "othersRatio": 0.1, "learningRates": [0.01, 0.03, 0.1, 0.3] }],
              "learningRates": [0.003, 0.01, 0.03, 0.1], "controls": ["whitened", "longer"], "ablations": { "gamma": [0.01, 0.1, 1] },
              "steps": 2000, "batchSize": 256, "schedule": { "warmup": 50, "decay": "cosine" }, "tuningSeeds": 2, "seeds": 8 }
            """,
            """
            { "task": { "name": "flow", "data": "checkerboard", "integrators": ["euler", "heun"], "samples": 5000 },
              "model": { "hidden": [128, 128, 128], "activation": "silu" }, "controls": ["whitened", "longer", "first", "hidden"],
              "steps": 4000, "tuningSeeds": 2, "seeds": 10 }
            """),
        (
            "flow-digits",
            "Handwritten digits by flow matching, judged by their Frechet distance: does AP help what is made, and what ranks models as that does?",
            """
            { "task": { "name": "flow", "data": "digits", "integrators": ["euler"], "steps": [1, 2, 4, 8, 16, 32], "features": 48, "layers": 2,
                "channelHidden": 96 },
              "optimizers": [{ "name": "adamw" }, { "name": "muon", "othersRatio": 0.1, "learningRates": [0.01, 0.03, 0.1, 0.3] }],
              "learningRates": [0.003, 0.01, 0.03, 0.1], "controls": ["whitened", "longer"], "ablations": { "gamma": [0.001, 0.01, 0.1, 1] },
              "steps": 1000, "batchSize": 64, "schedule": { "warmup": 50, "decay": "cosine" }, "tuningSeeds": 1, "seeds": 5 }
            """,
            """
            { "task": { "name": "flow", "data": "digits" }, "controls": ["whitened", "longer", "first", "hidden"],
              "steps": 2000, "batchSize": 128, "tuningSeeds": 2 }
            """),
    ];

    /// <summary>The study of each task, and of all of them.</summary>
    /// <param name="choices">The tasks and optimizers.</param>
    internal static IReadOnlyList<Experiment> Of(Choices choices)
    {
        TestTimeFeedbackExperiment[] studies = [.. Settings.Select(one => new TestTimeFeedbackExperiment(
            one.Name, one.Summary, () => Read(JsonNode.Parse(one.Minimal)!, choices), () => Read(Full(one.Minimal, one.Full), choices)))];
        return [.. studies, new AllSettingsExperiment(studies, choices)];
    }

    private static JsonObject Full(string minimal, string changes)
    {
        var full = JsonNode.Parse(minimal)!.AsObject();
        (full["optimizers"], full["weightDecays"], full["ablations"]) =
            (JsonNode.Parse(AllOptimizers), new JsonArray(0, 0.1), JsonNode.Parse(AllAblations));
        foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject())
            full[name] = value!.DeepClone();
        return full;
    }

    private static FeedbackSettings Read(JsonNode settings, Choices choices) =>
        SettingsOf<FeedbackSettings>.Read(JsonElement.Parse(settings.ToJsonString()), "", choices);
}
