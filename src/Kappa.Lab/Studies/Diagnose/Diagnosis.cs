namespace Kappa.Lab.Studies.Diagnose;

/// <summary>How well a trained model is conditioned.</summary>
/// <param name="Source">Where the model came from.</param>
/// <param name="Inputs">How many validation examples dormant units were judged on.</param>
/// <param name="Record">What was measured.</param>
public sealed record Diagnosis(ModelSource Source, int Inputs, DiagnosticsRecord Record)
{
    /// <summary>Measures a model on validation examples of its data.</summary>
    /// <param name="trained">The model.</param>
    /// <param name="examples">Validation examples for dormant units, 1 or more.</param>
    /// <param name="options">What to measure.</param>
    public static Diagnosis Of(TrainedModel trained, int examples, DiagnosticsOptions options)
    {
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(options);
        trained.Model.Train();
        using var inputs = trained.Data.DiagnosticInputs(examples).On(trained.Model.Device);
        var record = new TrainingDiagnostics(trained.Model, inputs, options).Measure(trained.Source.Step ?? 0);
        return new Diagnosis(trained.Source, inputs.Shape[0], record);
    }
}
