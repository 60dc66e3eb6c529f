namespace Kappa.Lab.Studies.Train;

/// <summary>The contents that a run was trained on, as hashes: a run goes on with the same or says so.</summary>
internal static class DataIdentity
{
    /// <summary>By name or path: the data set, and the tokenizer of text.</summary>
    internal static IReadOnlyDictionary<string, string> Of(TrainingConfig config, TrainingData data, RunPart run)
    {
        string name = config.Data.Settings is TextFileSettings { Path: { Length: > 0 } path } ? path : config.Data.Name;
        // The files of a package are checked against their hashes whenever they are read.
        string? pinned = DataCatalog.All.FirstOrDefault(package => package.Name == config.Data.Name)?.Fingerprint;
        var identity = new Dictionary<string, string> { [name] = pinned ?? data.Fingerprint };
        string tokenizer = run.PathOf(TrainingFolder.TokenizerName);
        if (File.Exists(tokenizer))
            identity[TrainingFolder.TokenizerName] = FileHash.Of(tokenizer);
        return identity;
    }
}
