namespace Kappa.Lab.Runs;

/// <summary>The checkpoints of a run, or of a part of it: of one model with its optimizer, or of several that are saved at the same steps.</summary>
/// <param name="folder">Where they are.</param>
/// <param name="keep">How many are kept.</param>
/// <param name="isWritten">Whether this process writes them; otherwise it reads what another process of its job writes.</param>
internal sealed class RunCheckpoints(string folder, int keep, bool isWritten = true)
{
    internal string FolderPath => folder;

    /// <summary>The last step that was saved; null where there is none.</summary>
    internal long? LatestStep => Checkpoint.Steps(folder) is { Count: > 0 } steps ? steps[^1] : null;

    /// <summary>Reads the last checkpoint, after removing what a killed process left.</summary>
    /// <returns>The checkpoint with the caller's JSON; null where there is none.</returns>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    internal Checkpoint? LoadLatest(Module model, Optimizer optimizer)
    {
        if (isWritten)
            Checkpoint.Recover(folder);
        if (!Directory.Exists(folder))
            return null;
        if (isWritten)
            Checkpoint.Prune(folder, keep);
        return Checkpoint.LoadLatest(folder, model, optimizer);
    }

    /// <summary>Reads the checkpoint of a step.</summary>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    internal void Load(long step, Module model, Optimizer? optimizer) => _ = Checkpoint.Load(Checkpoint.FolderOf(folder, step), model, optimizer);

    /// <summary>The caller's JSON of the last checkpoint, after removing what a killed process left; null where there is none.</summary>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    internal JsonElement? ReadExtra()
    {
        Checkpoint.Recover(folder);
        return Checkpoint.ReadExtra(folder);
    }

    /// <summary>Writes a checkpoint, and removes those that are too many.</summary>
    internal void Save<T>(long step, Module model, Optimizer optimizer, PhiloxState generator, T extra)
    {
        if (isWritten)
            _ = Checkpoint.Save(folder, step, model, optimizer, generator, JsonSerializer.SerializeToElement(extra, RunJson.Exact), keep);
    }
}
