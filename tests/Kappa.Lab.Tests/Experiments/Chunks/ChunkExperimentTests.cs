using System.Text.Json.Nodes;

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
    public void A_task_without_chunks_is_refused()
    {
        var settings = Study.Settings(ExperimentScale.Short);
        settings["study"]!["task"] = new JsonObject { ["name"] = "linear-control" };
        var error = Assert.Throws<ConfigException>(() => Study.Read(settings, KappaCatalog.Choices));
        Assert.Contains("a task that takes \"chunk\", such as cartpole; got linear-control", error.Message, StringComparison.Ordinal);
    }
}
