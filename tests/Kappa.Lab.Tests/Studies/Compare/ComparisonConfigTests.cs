using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Studies.Compare;

public sealed class ComparisonConfigTests
{
    [Theory]
    [InlineData(
        """{"nmae": "x"}""",
        "nmae: unknown field \"nmae\"; did you mean \"name\"? Valid: $schema, name, task, model, optimizers, learningRates, seeds, steps, batchSize, "
        + "schedule, maxGradientNorm, checkpointEvery, evaluateEvery, selectBy, device, precision")]
    [InlineData("""{"name": ""}""", "name: expected a name for the run, such as \"first\"; got \"\"")]
    [InlineData("""{"name": "..."}""", "name: expected a letter or a digit in it; got \"...\"")]
    [InlineData("""{"steps": 0}""", "steps: expected an integer from 1 to 100000000; got 0")]
    [InlineData("""{"steps": 1.5}""", "steps: expected an integer from 1 to 100000000; got 1.5")]
    [InlineData("""{"steps": "many"}""", "steps: expected an integer from 1 to 100000000; got \"many\"")]
    [InlineData("""{"batchSize": "some"}""", "batchSize: expected an integer of 1 or more, or \"all\"; got \"some\"")]
    [InlineData("""{"learningRates": []}""", "learningRates: expected an array of at least one item: a number of 0 or more; got []")]
    [InlineData("""{"learningRates": [0.1, -0.001]}""", "learningRates[1]: expected a number of 0 or more; got -0.001")]
    [InlineData("""{"learningRates": [0.1, 0.1]}""", "learningRates: 0.1 is given twice; give each once")]
    [InlineData("""{"seeds": [1, 1]}""", "seeds: 1 is given twice; give each once")]
    [InlineData("""{"seeds": [-1]}""", "seeds[0]: expected an integer from 0 to 2147483647; got -1")]
    [InlineData("""{"maxGradientNorm": 0}""", "maxGradientNorm: expected a number above 0; got 0")]
    [InlineData("""{"selectBy": "metrc"}""", "selectBy: unknown value \"metrc\"; did you mean \"metric\"? Valid: validationLoss, metric")]
    [InlineData("""{"schedule": {"warm": 3}}""", "schedule.warm: unknown field \"warm\"; did you mean \"warmup\"? Valid: warmup, decay")]
    [InlineData("""{"schedule": {"warmup": 30}}""", "schedule.warmup: expected fewer than the 30 steps of training; got 30")]
    [InlineData("""{"schedule": {"decay": "cosin"}}""", "schedule.decay: unknown value \"cosin\"; did you mean \"cosine\"? Valid: cosine, linear, none")]
    [InlineData("""{"task": null}""", "task: expected a task, such as { \"name\": \"toy\" }; it is missing")]
    [InlineData("""{"task": {}}""", "task.name: expected one of toy; it is missing")]
    [InlineData("""{"task": "toy"}""", "task: expected a task, such as { \"name\": \"toy\" }; got \"toy\"")]
    [InlineData("""{"task": {"name": "tyo"}}""", "task.name: unknown task \"tyo\"; did you mean \"toy\"? Valid: toy")]
    [InlineData(
        """{"task": {"name": "toy", "exmaples": 3}}""",
        "task.exmaples: unknown field \"exmaples\"; did you mean \"examples\"? Valid: name, examples, noise, kind")]
    [InlineData("""{"task": {"name": "toy", "examples": "3"}}""", "task.examples: expected an integer of 1 or more; got \"3\"")]
    [InlineData("""{"task": {"name": "toy", "kind": "rouhg"}}""", "task.kind: unknown value \"rouhg\"; did you mean \"rough\"? Valid: smooth, rough")]
    [InlineData("""{"model": {"hidden": [8, 0]}}""", "model.hidden[1]: expected an integer from 1 to 1048576; got 0")]
    [InlineData(
        """{"model": {"activation": "rellu"}}""", "model.activation: unknown value \"rellu\"; did you mean \"relu\"? Valid: relu, tanh, gelu, silu, identity")]
    [InlineData("""{"optimizers": []}""", "optimizers: expected an array of at least one item: an optimizer, such as { \"name\": \"sgd\" }; got []")]
    [InlineData("""{"optimizers": ["adamw"]}""", "optimizers[0]: expected an optimizer, such as { \"name\": \"sgd\" }; got \"adamw\"")]
    [InlineData(
        """{"optimizers": [{}]}""",
        "optimizers[0].name: expected one of sgd, signum, adamw, muon, adamuon, adamo, muono, dopr-sgd, dopr-signum, dopr-adamw, dopr-muon, dopr-adamuon, "
        + "dopr-adamo, dopr-muono; it is missing")]
    [InlineData("""{"optimizers": [{"name": "adamo", "layerStrengths": [3]}]}""", "optimizers[0].layerStrengths[0]: expected an object in braces; got 3")]
    [InlineData("""{"optimizers": [{"name": "adamo", "strength": -1}]}""", "optimizers[0].strength: expected a number of 0 or more; got -1")]
    [InlineData(
        """{"optimizers": [{"name": "adamv"}]}""",
        "optimizers[0].name: unknown optimizer \"adamv\"; did you mean \"adamw\"? Valid: sgd, signum, adamw, muon, adamuon, adamo, muono, dopr-sgd, "
        + "dopr-signum, dopr-adamw, dopr-muon, dopr-adamuon, dopr-adamo, dopr-muono")]
    [InlineData(
        """{"optimizers": [{"name": "sgd"}, {"name": "adamw", "weightDeacy": 0.1}]}""",
        "optimizers[1].weightDeacy: unknown field \"weightDeacy\"; did you mean \"weightDecay\"? Valid: name, beta1, beta2, epsilon, weightDecay, "
        + "activationPreconditioning, remedy, label, learningRates, steps, model, whiten")]
    [InlineData("""{"optimizers": [{"name": "adamw", "beta1": 1}]}""", "optimizers[0].beta1: expected a number of 0 or more and below 1; got 1")]
    [InlineData("""{"optimizers": [{"name": "adamw", "learningRates": [-1]}]}""", "optimizers[0].learningRates[0]: expected a number of 0 or more; got -1")]
    [InlineData(
        """{"optimizers": [{"name": "adamw"}, {"name": "adamw", "beta1": 0.8}]}""",
        "optimizers[1].label: \"AdamW\" names the same folder as the label of optimizers[0]; give one of them another \"label\"")]
    [InlineData(
        """{"optimizers": [{"name": "dopr-adamw", "activationPreconditioning": {"gama": 1}}]}""",
        "optimizers[0].activationPreconditioning.gama: unknown field \"gama\"; did you mean \"gamma\"? Valid: gamma, floor, damping, layers, includeBias, "
        + "movingAverage, refresh, asynchronousRefresh")]
    [InlineData(
        """{"optimizers": [{"name": "dopr-adamw", "activationPreconditioning": {"gamma": -1}}]}""",
        "optimizers[0].activationPreconditioning.gamma: expected a number of 0 or more; got -1")]
    [InlineData(
        """{"optimizers": [{"name": "dopr-adamw", "activationPreconditioning": false}]}""",
        "optimizers[0].activationPreconditioning: false contradicts the name, which begins with dopr-; drop one of them")]
    [InlineData(
        """{"optimizers": [{"name": "sgd", "nesterov": true}]}""",
        "optimizers[0].nesterov: expected momentum above 0 and dampening 0 with it; got momentum 0 and dampening 0")]
    [InlineData(
        """{"optimizers": [{"name": "sgd", "remedy": "redoo"}]}""",
        "optimizers[0].remedy: unknown remedy \"redoo\"; did you mean \"redo\"? Valid: redo, continual-backpropagation, shrink-and-perturb, l2, l2-init, "
        + "spectral")]
    [InlineData(
        """{"optimizers": [{"name": "sgd", "remedy": {"name": "redo", "threshold": 1}}]}""",
        "optimizers[0].remedy.threshold: expected a number of 0 or more and below 1; got 1")]
    [InlineData(
        """{"optimizers": [{"name": "sgd", "remedy": {"name": "redo", "strength": 1}}]}""",
        "optimizers[0].remedy.strength: unknown field \"strength\"; valid: name, interval, threshold")]
    public void A_wrong_field_is_an_error_with_its_path_what_was_expected_and_the_nearest_name(string change, string message)
    {
        var error = Assert.Throws<ConfigException>(() => Toy.Config(Changed(change)));
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("{\"name\": \"a\"")]
    [InlineData("")]
    [InlineData("{\"name\": \"a\", \"name\": \"b\"}")]
    public void What_is_not_JSON_is_an_error_that_says_so(string text) =>
        Assert.StartsWith("not valid JSON: ", Assert.Throws<ConfigException>(() => Toy.Config(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_an_error_that_names_it_and_the_way_out()
    {
        var error = Assert.Throws<ConfigException>(() => ComparisonConfig.ReadFile("no/run.json", Toy.Choices));
        Assert.StartsWith("no/run.json: there is no such file.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_filled_in()
    {
        var config = Toy.Config("""{ "name": "x", "task": { "name": "toy" }, "optimizers": [ { "name": "dopr-muon" } ] }""");
        Assert.Equal([0L, 1, 2, 3, 4], config.Seeds);
        Assert.Equal(1000, config.Steps);
        Assert.Equal(new ScheduleConfig { Warmup = 100 }, config.Schedule);
        Assert.Equal("DoPr-Muon", config.Optimizers[0].Label);
        Assert.Equal(0.1, config.Optimizers[0].ActivationPreconditioning!.Settings!.Gamma);
        Assert.Equal(0.95, Assert.IsType<MuonOptions>(config.Optimizers[0].Base.Settings).Momentum);
        Assert.Null(config.Model);
    }

    [Fact]
    public void What_the_writer_writes_reads_back_as_the_same_config()
    {
        var config = Toy.Config(Changed("""
            {"optimizers": [{"name": "sgd", "whiten": true, "steps": 70, "model": {"hidden": []}},
                            {"name": "adamw", "activationPreconditioning": {"layers": "first"}}], "batchSize": "all"}
            """));
        string text = config.ToText();
        Assert.Equal(text, Toy.Config(text).ToText());
        Assert.Equal(0, config.BatchSize);
        Assert.Equal("SGD, whitened inputs", config.Optimizers[0].Label);
        Assert.Equal("DoPr-AdamW (first layer)", config.Optimizers[1].Label);
        // An override of the model changes what it names and keeps the rest.
        Assert.Empty(config.Optimizers[0].Model!.Hidden);
        Assert.Equal("tanh", config.Optimizers[0].Model!.Activation);
    }

    [Fact]
    public void Every_name_makes_its_optimizer_and_every_setting_of_the_newer_ones_arrives()
    {
        var model = new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 4), new Tanh(), new Linear(4, 2));
        Optimizer Made(string json) => Toy.Config(Changed($$"""{"optimizers": [{{json}}]}""")).Optimizers[0].Create(model, 0.25, new Philox(0));
        foreach (string name in Toy.Choices.NamesOf<OptimizerKind>())
        {
            using var wrapper = Made($$"""{"name": "{{name}}"}""") as DoPr;
            Assert.Equal(name.StartsWith("dopr-", StringComparison.Ordinal), wrapper is not null);
            string kind = wrapper?.Inner.GetType().Name ?? Made($$"""{"name": "{{name}}"}""").GetType().Name;
            Assert.Equal(name.Replace("dopr-", "", StringComparison.Ordinal), kind.ToLowerInvariant());
        }

        var signum = Assert.IsType<Signum>(Made("""{"name": "signum", "momentum": 0.5, "weightDecay": 0.2}"""));
        Assert.Equal((0.25, 0.5, 0.2), (signum.LearningRate, signum.Momentum, signum.WeightDecay));
        var ada = Assert.IsType<AdaMuon>(Made("""
            {"name": "adamuon", "momentum": 0.5, "beta2": 0.6, "epsilon": 0.7, "nesterov": true, "weightDecay": 0.2, "newtonSchulzSteps": 3,
             "orthogonalization": "polar-express", "matrices": "all", "othersRatio": 0.4, "othersWeightDecay": 0.3}
            """));
        Assert.Equal(
            new AdaMuonOptions
            {
                Momentum = 0.5,
                Beta2 = 0.6,
                Epsilon = 0.7,
                Nesterov = true,
                WeightDecay = 0.2,
                NewtonSchulzSteps = 3,
                Orthogonalization = Orthogonalization.PolarExpress,
                Matrices = MuonMatrices.All,
                OthersLearningRateRatio = 0.4,
                Others = new AdamWOptions { WeightDecay = 0.3 },
            },
            ada.Options);
        var isometry = Assert.IsType<AdamO>(Made("""
            {"name": "adamo", "strength": 0.5, "layerStrengths": [{"pattern": "0.*", "strength": 0.25}], "target": 2, "penaltyRate": 0.125,
             "rectangularCorrection": true, "divideByGramSize": true, "halfConvention": true, "exclude": ["2.*"], "includeOutput": true, "interval": 10,
             "variant": "newton-schulz", "point": "after"}
            """)).Isometry;
        Assert.Equal(
            new IsometryOptions
            {
                Strength = 0.5,
                LayerStrengths = isometry.LayerStrengths,
                Target = 2,
                LearningRate = 0.125,
                RectangularCorrection = true,
                DivideByGramSize = true,
                HalfConvention = true,
                Exclude = isometry.Exclude,
                IncludeOutput = true,
                Interval = 10,
                Variant = IsometryVariant.NewtonSchulz,
                Point = IsometryPoint.AfterStep,
            },
            isometry);
        Assert.Equal([new LayerStrength("0.*", 0.25)], isometry.LayerStrengths);
        Assert.Equal(["2.*"], isometry.Exclude);
        Assert.Null(Assert.IsType<MuonO>(Made("""{"name": "muono", "variant": "coupled"}""")).Isometry.LearningRate);
        Assert.Equal(
            Orthogonalization.PolarExpress, Assert.IsType<Muon>(Made("""{"name": "muon", "orthogonalization": "polar-express"}""")).Options.Orthogonalization);
    }

    [Theory]
    [InlineData("flow-digits.json")]
    [InlineData("flow-checkerboard.json")]
    public void The_committed_comparisons_read(string name) =>
        _ = ComparisonConfig.ReadFile(Path.Combine(RepositoryRoot(), "experiments", name), KappaCatalog.Choices);

    [Fact]
    public void The_committed_schema_is_the_generated_one()
    {
        string path = Path.Combine(RepositoryRoot(), "docs", "run.schema.json");
        Assert.True(
            ComparisonConfig.Schema(KappaCatalog.Choices) == File.ReadAllText(path).ReplaceLineEndings("\n"),
            "docs/run.schema.json is not what kappa schema prints; if the change is meant: ./kappa schema > docs/run.schema.json");
    }

    [Fact]
    public void The_schema_lists_every_field_that_the_reader_takes()
    {
        var schema = JsonNode.Parse(ComparisonConfig.Schema(Toy.Choices))!["properties"]!.AsObject();
        Assert.Equal(
            new[]
            {
                "$schema", "name", "task", "model", "optimizers", "learningRates", "seeds", "steps", "batchSize", "schedule", "maxGradientNorm",
                "checkpointEvery", "evaluateEvery", "selectBy", "device", "precision"
            }.Order(),
            schema.Select(field => field.Key).Order());
        var optimizer = schema["optimizers"]!["items"]!["oneOf"]!.AsArray()
            .Single(kind => kind!["properties"]!["name"]!["enum"]!.AsArray().Any(name => name!.GetValue<string>() == "adamw"))!["properties"]!.AsObject();
        Assert.Equal(
            new[]
            {
                "name", "label", "learningRates", "steps", "model", "whiten", "activationPreconditioning", "remedy", "beta1", "beta2", "epsilon", "weightDecay"
            }.Order(),
            optimizer.Select(field => field.Key).Order());
    }

    private static string Changed(string change)
    {
        var config = JsonNode.Parse(Toy.Json)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
            config[name] = value?.DeepClone();
        return config.ToJsonString();
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Kappa.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("the tests run outside the repository");
    }
}
