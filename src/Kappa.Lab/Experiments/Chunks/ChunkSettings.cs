namespace Kappa.Lab.Experiments.Chunks;

/// <summary>Settings of the study over lengths of chunks.</summary>
internal sealed record ChunkSettings : ICheckedSettings
{
    /// <summary>The task's setting that is varied.</summary>
    internal const string ChunkName = "chunk";

    [Setting("actions that a policy decides at once; the study is done with each", AtLeast = 1, AtMost = 100, OnceEach = true)]
    public IReadOnlyList<int> Chunks { get; init; } = [1, 2, 4, 8];

    [Setting("the study, as kappa reproduce runs it for one length; its task takes a chunk")]
    public required FeedbackSettings Study { get; init; }

    public void Check(SettingsCheck check) => check.Require(
        Study.Task.Kind.SettingsType.Settings.Any(setting => setting.Name == ChunkName), nameof(Study),
        $"a task that takes \"{ChunkName}\", such as {CartPoleTask.TaskName}", Study.Task.Name);

    /// <summary>The study with a length.</summary>
    internal FeedbackSettings With(int chunk)
    {
        var type = Study.Task.Kind.SettingsType;
        var written = type.Write(Study.Task.Settings);
        written[ChunkName] = chunk;
        return Study with { Task = Study.Task with { Settings = type.Read(JsonElement.Parse(written.ToJsonString()), "study.task", Choices.None) } };
    }
}
