namespace Kappa.Lab.Studies.Train;

/// <summary>What a training run is doing.</summary>
public enum TrainingPhase
{
    /// <summary>Training steps.</summary>
    Training,

    /// <summary>Measuring on validation examples.</summary>
    Evaluating,

    /// <summary>Done.</summary>
    Finished,
}
