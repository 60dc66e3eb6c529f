namespace Kappa.Lab.Studies.Diagnose;

/// <summary>How well a trained model is conditioned.</summary>
/// <param name="Source">Where the model came from.</param>
/// <param name="Inputs">How many validation examples dormant units were judged on.</param>
/// <param name="Record">What was measured.</param>
public sealed record Diagnosis(ModelSource Source, int Inputs, DiagnosticsRecord Record)
{
    /// <summary>How many validation examples are taken where nobody asks for a number: 128, or fewer where the data has no more or examples are long.</summary>
    /// <param name="trained">The model.</param>
    public static int UsualExamples(TrainedModel trained)
    {
        ArgumentNullException.ThrowIfNull(trained);
        return trained.Data.UsualDiagnosticInputs;
    }

    /// <summary>Measures a model on validation examples of its data.</summary>
    /// <param name="trained">The model.</param>
    /// <param name="examples">Validation examples for dormant units, 1 or more; Jacobians and the kernel are taken at the first of them.</param>
    /// <param name="options">What to measure.</param>
    /// <exception cref="ConfigException">The data has fewer validation examples.</exception>
    public static Diagnosis Of(TrainedModel trained, int examples, DiagnosticsOptions options)
    {
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(options);
        if (examples > trained.Data.Validation.Count)
            throw new ConfigException($"{examples} validation examples were asked for; the data has {trained.Data.Validation.Count}. Ask for fewer");
        trained.Model.Train();
        using var inputs = trained.Data.DiagnosticInputs(examples).On(trained.Model.Device);
        var record = new TrainingDiagnostics(trained.Model, inputs, options).Measure(trained.Source.Step ?? 0);
        return new Diagnosis(trained.Source, inputs.Shape[0], record);
    }
}
