using System.Text.Json;
using System.Text.Json.Nodes;
using Kappa.Lab.Tests.Experiments.TestTimeFeedback;

namespace Kappa.Lab.Tests.Experiments.Chunks;

public sealed class ChunkExperimentTests
{
    private static readonly Experiment Study = KappaCatalog.Choices.Find<Experiment>("dopr/chunks");

    [Fact]
    public void Each_length_is_the_study_with_another_chunk()
    {
        var settings = Study.Settings(ExperimentScale.Short);
        var read = (ChunkSettings)Study.Read(settings, KappaCatalog.Choices);
        Assert.Equal(8, ((CartPoleSettings)read.With(8).Task.Settings).Chunk);
        Assert.Equal(1, ((CartPoleSettings)read.Study.Task.Settings).Chunk);
        Assert.Equal(read.Study.Steps, read.With(8).Steps);
        string[] keys = [.. Study.Plan(settings, KappaCatalog.Choices).Cells.Select(cell => cell.Key.Split('/')[0]).Distinct()];
        Assert.Equal(["chunk-1", "chunk-2", "chunk-4", "chunk-8"], keys);
    }

    [Fact]
    public void The_findings_have_a_row_for_each_method_and_say_at_which_length_it_is_best()
    {
        var small = SmallStudy.Settings();
        using var folder = new TemporaryFolder();
        var results = ExperimentRuns.Run(SmallStudy.Study, folder["run"], 1, small);
        var settings = Study.Settings(ExperimentScale.Short);
        small["task"] = settings["study"]!["task"]!.DeepClone();
        (settings["study"], settings["chunks"]) = (small, new JsonArray(1, 4));
        var plan = Study.Plan(settings, KappaCatalog.Choices);
        Assert.Equal("No run is finished yet.", plan.Conclude(new CellResults([], 1)).Headline);
        // The costs of the study at one length, a third of them at four, where one method is not finished.
        CellResult[] all =
        [
            .. results.Finished.Select(result => result with { Key = $"chunk-1/{result.Key}" }),
            .. results.Finished.Where(result => !result.Key.Contains("whitened", StringComparison.Ordinal))
                .Select(result => new CellResult($"chunk-4/{result.Key}", Third(result.Value))),
        ];
        var findings = plan.Conclude(new CellResults(all, all.Length));
        string[] methods = ["AdamW", "DoPr-AdamW", "AdamW, whitened inputs", "AdamW, 2 times the steps"];
        Assert.Equal(methods, SmallStudy.Column(findings, 0, 0));
        Assert.Equal(["method", "1", "4"], findings.Sections[0].Table!.Columns);
        var lines = findings.Sections[0].Plots[0].Lines;
        Assert.Equal([[1, 4], [1, 4], [1], [1, 4]], lines.Select(line => line.X));
        foreach (var line in lines.Where(line => line.X.Count == 2))
        {
            Assert.Equal(line.Y[0] / 3, line.Y[1], 1e-9 * line.Y[0]);
            Assert.True(line.Low![1] <= line.Y[1] && line.Y[1] <= line.High![1]);
        }
        Assert.Contains(" is lowest, ", findings.Headline, StringComparison.Ordinal);
        Assert.Matches(@"AdamW: [\d.]+ at 4; DoPr-AdamW: [\d.]+ at 4; AdamW, whitened inputs: [\d.]+ at 1; ", findings.Headline);
        Assert.All(findings.Sections.Skip(1), section => Assert.Matches("^chunks of [14]: ", section.Title));

        static JsonObject Third(JsonObject value)
        {
            var changed = value.DeepClone().AsObject();
            Divide(changed);
            return changed;
        }

        static void Divide(JsonNode? node)
        {
            if (node is JsonArray items)
            {
                foreach (var item in items)
                    Divide(item);
            }
            else if (node is JsonObject fields)
            {
                foreach (var (name, value) in fields.ToArray())
                {
                    if (name == "metric" && value?.GetValueKind() == JsonValueKind.Number)
                        fields[name] = value.GetValue<double>() / 3;
                    else
                        Divide(value);
                }
            }
        }
    }

    [Fact]
    public void A_task_without_chunks_is_refused()
    {
        var settings = Study.Settings(ExperimentScale.Short);
        settings["study"]!["task"] = new JsonObject { ["name"] = "linear-control" };
        var error = Assert.Throws<ConfigException>(() => Study.Read(settings, KappaCatalog.Choices));
        Assert.Contains("a task that takes \"chunk\", such as cartpole; got linear-control", error.Message, StringComparison.Ordinal);
    }
}
