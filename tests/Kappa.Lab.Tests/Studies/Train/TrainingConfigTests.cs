using System.Text.Json.Nodes;

namespace Kappa.Lab.Tests.Studies.Train;

public sealed class TrainingConfigTests
{
    [Fact]
    public void Defaults_are_filled_in_and_what_is_written_reads_back_the_same()
    {
        using var folder = new TemporaryFolder();
        var config = TrainingConfig.Parse(
            """{"name": "a", "data": {"name": "brown-corpus"}, "model": {"name": "transformer"}, "optimizer": {"name": "muon", "learningRate": 0.02}}""",
            folder.FullPath, KappaCatalog.Choices);
        Assert.Equal(
            (1000, 16, 100, "cosine", 0), (config.Steps, config.BatchSize, config.Schedule.Resolved(1000).Warmup, config.Schedule.Decay, config.Seed));
        Assert.Equal(0.1, Assert.IsType<TextSettings>(config.Data.Settings).ValidationShare);
        foreach (string change in new[]
        {
            "{}", """{"steps": null, "epochs": 1.5}""", """{"steps": null, "minutes": 0.5, "maxGradientNorm": 1, "validationExamples": "all"}"""
        })
        {
            string text = SmallRun.Config(folder, change).ToText();
            Assert.Equal(text, TrainingConfig.Parse(text, "/elsewhere", KappaCatalog.Choices).ToText());
        }
    }

    [Fact]
    public void A_path_is_relative_to_the_config()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["run.json"], SmallRun.Json);
        Assert.Equal(folder["text.txt"], Assert.IsType<TextFileSettings>(TrainingConfig.ReadFile(folder["run.json"], KappaCatalog.Choices).Data.Settings).Path);
    }

    [Theory]
    [InlineData("""{"stpes": 3}""", "stpes: unknown field \"stpes\"; did you mean \"steps\"?")]
    [InlineData("""{"data": null}""", "data: expected a data set, such as { \"name\": \"brown-corpus\" }; it is missing")]
    [InlineData("""{"data": {"name": "brown"}}""", "data.name: unknown data set \"brown\"; valid: brown-corpus, text, ")]
    [InlineData("""{"data": {"path": "x"}}""", "data.name: expected one of brown-corpus, text, ")]
    [InlineData("""{"data": {"name": "text"}}""", "data.path: expected a file of UTF-8 text, or a folder of .txt files; it is missing")]
    [InlineData("""{"data": {"name": "brown-corpus", "validationShare": 1}}""", "data.validationShare: expected a number above 0 and below 1; got 1")]
    [InlineData("""{"data": {"name": "brown-corpus", "tokenizer": "word"}}""", "data.tokenizer: unknown value \"word\"")]
    [InlineData("""{"model": {"name": "mlp"}}""", "model.name: mlp is for pictures, and text holds text; expected transformer")]
    [InlineData("""{"model": {"name": "transformer", "width": 10, "heads": 4}}""", "model: ")]
    [InlineData("""{"model": {"name": "transformer", "dropout": 1}}""", "model.dropout: expected a number of 0 or more and below 1; got 1")]
    [InlineData("""{"model": {"name": "transformer", "layers": -1}}""", "model.layers: expected an integer from 0 to 1048576; got -1")]
    [InlineData(
        """{"data": {"name": "fashion-mnist"}}""", "model.name: transformer is for text, and fashion-mnist holds pictures; expected mlp, conv, resnet18")]
    [InlineData(
        """{"data": {"name": "fashion-mnist"}, "model": {"name": "conv", "channels": []}}""",
        "model.channels: expected an array of at least one item: an integer from 1 to 16384; got []")]
    [InlineData("""{"optimizer": {"name": "adamw"}}""", "optimizer.learningRate: expected a number of 0 or more; it is missing")]
    [InlineData("""{"optimizer": {"name": "adamw", "learningRate": -1}}""", "optimizer.learningRate: expected a number of 0 or more; got -1")]
    [InlineData("""{"optimizer": {"name": "adamw", "learningRate": 1, "learningRates": [1]}}""", "optimizer.learningRates: unknown field")]
    [InlineData("""{"epochs": 2}""", "epochs: steps is given as well; expected one of steps, epochs and minutes, which say how long to train")]
    [InlineData("""{"steps": null, "minutes": 0}""", "minutes: expected a number above 0; got 0")]
    [InlineData("""{"schedule": {"warmup": 23}}""", "schedule.warmup: expected fewer than the 23 steps of training; got 23")]
    [InlineData("""{"seed": -1}""", "seed: expected an integer of 0 or more; got -1")]
    [InlineData("""{"pieces": 0}""", "pieces: expected an integer of 1 or more; got 0")]
    [InlineData("""{"pieces": 3, "batchSize": 12}""", "pieces: expected a power of two, such as 8; got 3")]
    [InlineData("""{"pieces": 8, "batchSize": 12}""", "pieces: expected a divisor of batchSize, which is 12; got 8")]
    [InlineData(
        """{"pieces": 8, "batchSize": 16, "optimizer": {"name": "adamw", "learningRate": 0.1, "remedy": "redo"}}""",
        "pieces: redo looks at the units of the whole batch")]
    [InlineData("""{"validationExamples": "some"}""", "validationExamples: expected an integer of 1 or more, or \"all\"; got \"some\"")]
    public void A_fault_is_named_by_its_path(string change, string message)
    {
        var error = Assert.Throws<ConfigException>(() => TrainingConfig.Parse(SmallRun.Changed(change), "/", KappaCatalog.Choices));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_committed_schema_is_the_generated_one() => Assert.True(
        TrainingConfig.Schema(KappaCatalog.Choices) == File.ReadAllText(Path.Combine(Repository.Root(), "docs", "train.schema.json")).ReplaceLineEndings("\n"),
        "docs/train.schema.json is not what kappa schema train prints; if the change is meant: ./kappa schema train > docs/train.schema.json");

    [Fact]
    public void The_schema_lists_every_field_that_the_reader_takes()
    {
        var schema = JsonNode.Parse(TrainingConfig.Schema(KappaCatalog.Choices))!["properties"]!.AsObject();
        Assert.Equal(
            new[]
            {
                "$schema", "name", "data", "model", "optimizer", "schedule", "steps", "epochs", "minutes", "batchSize", "pieces", "maxGradientNorm",
                "seed", "evaluateEvery", "checkpointEvery", "diagnostics", "validationExamples", "monitor", "patience", "keepBest", "shifts", "device",
                "precision",
            }.Order(),
            schema.Select(field => field.Key).Order());
        var optimizer = schema["optimizer"]!["oneOf"]!.AsArray().Select(kind => kind!["properties"]!.AsObject()).Single(
            kind => kind["name"]!["enum"]![0]!.GetValue<string>() == "adamw");
        Assert.Equal(
            new[] { "name", "learningRate", "activationPreconditioning", "remedy", "beta1", "beta2", "epsilon", "weightDecay" }.Order(),
            optimizer.Select(field => field.Key).Order());
    }

    [Fact]
    public void The_committed_experiments_read()
    {
        foreach (string name in new[] { "brown-characters.json", "brown-characters-tiny.json" })
            _ = TrainingConfig.ReadFile(Path.Combine(Repository.Root(), "experiments", name), KappaCatalog.Choices);
    }
}
