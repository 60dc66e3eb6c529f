using Kappa.Isometry;
using Kappa.Lab.Runs;
using Kappa.Lab.Settings;
using Kappa.Lab.Studies.Train;
using Kappa.Optimizers;
using Kappa.Randomness;

namespace Kappa.Lab.Studies.Diagnose;

/// <summary>How well a model that <c>kappa train</c> trained is conditioned.</summary>
/// <param name="Config">The run's config.</param>
/// <param name="Checkpoint">The checkpoint that was read.</param>
/// <param name="RunFolder">The folder of its run.</param>
/// <param name="Inputs">How many validation examples dormant units were judged on.</param>
/// <param name="Record">What was measured.</param>
public sealed record Diagnosis(TrainingConfig Config, string Checkpoint, string RunFolder, int Inputs, DiagnosticsRecord Record)
{
    /// <summary>Reads a model, and measures it on validation examples of its run.</summary>
    /// <param name="path">The folder of a run, whose last checkpoint is taken, or one of its checkpoints.</param>
    /// <param name="choices">The data sets, models and optimizers there are.</param>
    /// <param name="examples">Validation examples for dormant units, 1 or more.</param>
    /// <param name="options">What to measure.</param>
    /// <exception cref="RunFolderException">There is no training run, or it has no checkpoint yet.</exception>
    /// <exception cref="CheckpointException">The checkpoint is damaged.</exception>
    public static Diagnosis Of(string path, Choices choices, int examples, DiagnosticsOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        if (!Directory.Exists(path))
            throw new RunFolderException($"{path}: there is no such folder. Give the folder of a run of kappa train, or one of its checkpoints");
        bool isCheckpoint = File.Exists(Path.Combine(path, "state.json"));
        string run = isCheckpoint ? Path.GetFullPath(Path.Combine(path, "..", "..")) : Path.GetFullPath(path);
        var folder = TrainingFolder.Open(run);
        var config = TrainingConfig.ReadFile(folder.ConfigFile, choices);
        var data = TrainingRunner.LoadData(config, folder);
        var kind = config.Model.Kind;
        var model = kind.Create(config.Model.Settings, data.Training.InputShape, data.OutputSize, new Philox(0));
        var checkpoint = (isCheckpoint ? Optimizers.Checkpoint.Load(path, model, null) : Optimizers.Checkpoint.LoadLatest(folder.CheckpointsFolder, model, null))
            ?? throw new RunFolderException($"{path}: there is no checkpoint yet. Let the run go on to its first one");
        using var inputs = data.DiagnosticInputs(examples);
        var record = new TrainingDiagnostics(model, inputs, options).Measure(checkpoint.Step);
        return new Diagnosis(config, checkpoint.FolderPath, run, inputs.Shape[0], record);
    }
}
