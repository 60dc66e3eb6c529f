namespace Kappa.Lab.Tests.Experiments;

public sealed class SweepTests
{
    private const string Search = """{ "optimizer.learningRate": { "from": 1e-4, "to": 0.1, "scale": "log" }, "batchSize": { "from": 8, "to": 40 } }""";

    [SkippableFact]
    public void Halving_goes_on_with_the_best_and_jobs_do_not_matter()
    {
        Requires.Data(DataCatalog.HandwrittenDigits);
        var config = Config(Search, "halving", 6);
        var data = new Lazy<TrainingData>(() => TrainingRunner.LoadData(config.Train, new RunPart("unused")));
        string[] all = [.. new[] { 1, 2 }.Select(jobs =>
        {
            using var folder = new TemporaryFolder();
            using var run = RunFolder.Open(new RunRequest(SweepPlan.Kind, "x", []) { Path = folder["run"] });
            var plan = new SweepPlan(config, KappaCatalog.Choices, data.Value);
            Assert.Equal(3, plan.Rungs);
            var finished = new List<CellResults>();
            for (int i = 0; i < plan.Rungs; i++)
                finished.Add(new ExperimentRunner(plan.Rung(i, finished)).Run(run, jobs, null, CancellationToken.None));
            Assert.Equal([6, 2, 1], finished.Select(results => results.Total));
            Assert.Equal([2.0, 6, 18], finished.Select(results => results.Finished[0].Number("steps")));
            // The one that goes on to the end was among the best of the rungs before.
            double best = finished[0].Finished.Select(result => result.Number("figure")).Order().ElementAt(1);
            Assert.All(finished[1].Finished, result => Assert.True(finished[0].Finished.Single(
                first => first.Number("trial") == result.Number("trial")).Number("figure") <= best));
            var findings = plan.Rung(2, finished[..2]).Conclude(finished[2]);
            Assert.Equal(6, findings.Sections[0].Table!.Rows.Count);
            Assert.StartsWith("The best of 6 trials: batchSize ", findings.Headline, StringComparison.Ordinal);
            _ = TrainingConfig.Parse(findings.Sections[2].Verbatim!, "/", KappaCatalog.Choices);
            return string.Join('\n', finished.SelectMany(results => results.Finished).Select(result => result.Value.ToJsonString()));
        })];
        Assert.Equal(all[0], all[1]);
    }

    [Fact]
    public void Values_are_in_range_whole_where_they_must_be_and_independent_of_other_fields()
    {
        var both = new SweepSpace(Config(Search, "random", 4), KappaCatalog.Choices);
        var one = new SweepSpace(Config("""{ "optimizer.learningRate": { "from": 1e-4, "to": 0.1, "scale": "log" } }""", "random", 4), KappaCatalog.Choices);
        Assert.Equal(["batchSize", "optimizer.learningRate"], both.Paths);
        double[][] drawn = [.. Enumerable.Range(0, 400).Select(both.Draw)];
        Assert.All(drawn, values => Assert.True(values[0] is >= 8 and <= 40 && values[0] == Math.Floor(values[0]) && values[1] is >= 1e-4 and <= 0.1));
        Assert.Equal(drawn.Select(values => values[1]), Enumerable.Range(0, 400).Select(trial => one.Draw(trial)[0]));
        // Every decade alike.
        Assert.All(new[] { 1e-4, 1e-3, 1e-2 }, low => Assert.InRange(drawn.Count(values => values[1] >= low && values[1] < 10 * low), 90, 180));
        Assert.Equal(drawn[7][1], both.ConfigOf(7).Optimizer.LearningRate);
        Assert.Equal((int)drawn[7][0], both.ConfigOf(7).BatchSize);
    }

    [Theory]
    [InlineData("""{ "optimizer.learningrate": { "from": 0, "to": 1 } }""", "did you mean \"optimizer.learningRate\"?")]
    [InlineData("""{ "optimizer.name": { "from": 0, "to": 1 } }""", "search.optimizer.name: there is no number of that name")]
    [InlineData("""{ "optimizer.learningRate": { "from": 1, "to": 0 } }""", "expected a number above from, 1; got 0")]
    [InlineData("""{ "optimizer.learningRate": { "from": 0, "to": 1, "scale": "log" } }""", "above 0 alone")]
    [InlineData("""{ "optimizer.learningRate": { "from": 0 } }""", "expected from and to, or values")]
    [InlineData("""{ "optimizer.learningRate": { "from": -1, "to": 1 } }""", "search.optimizer.learningRate: optimizer.learningRate: ")]
    [InlineData("""{ "batchSize": { "values": [] } }""", "values")]
    [InlineData("""{ "steps": { "from": 0, "to": 9 } }""", "search.steps: steps: ")]
    [InlineData("""{}""", "search: ")]
    public void What_cannot_be_searched_is_named(string search, string message) =>
        Assert.Contains(message, Assert.Throws<ConfigException>(() => Config(search, "random", 4)).Message, StringComparison.Ordinal);

    private static SweepConfig Config(string search, string method, int trials)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder["sweep.json"],
            $$"""
            { "name": "first", "search": {{search}}, "method": "{{method}}", "trials": {{trials}},
              "train": { "name": "x", "data": { "name": "handwritten-digits" }, "model": { "name": "mlp", "hidden": [8] },
                         "optimizer": { "name": "adamw", "learningRate": 0.001 }, "steps": 18, "batchSize": 16, "validationExamples": 100 } }
            """);
        return SweepConfig.ReadFile(folder["sweep.json"], KappaCatalog.Choices);
    }
}
