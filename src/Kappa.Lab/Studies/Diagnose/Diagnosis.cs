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
    /// <param name="cancellation">Asked before the measurement.</param>
    /// <exception cref="RunFolderException">There is no training run, or it has no checkpoint yet.</exception>
    /// <exception cref="CheckpointException">The checkpoint is damaged.</exception>
    public static Diagnosis Of(string path, Choices choices, int examples, DiagnosticsOptions options, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        var trained = TrainedModel.Load(path, choices);
        cancellation.ThrowIfCancellationRequested();
        trained.Model.Train();
        using var inputs = trained.Data.DiagnosticInputs(examples);
        var record = new TrainingDiagnostics(trained.Model, inputs, options).Measure(trained.Step);
        return new Diagnosis(trained.Config, trained.Origin, trained.RunFolder, inputs.Shape[0], record);
    }
}
