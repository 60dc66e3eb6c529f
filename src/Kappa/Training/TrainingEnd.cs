namespace Kappa.Training;

/// <summary>Why a training ended.</summary>
public enum TrainingEnd
{
    /// <summary>All steps were taken.</summary>
    Finished,

    /// <summary>There was no better figure for as many evaluations as <see cref="TrainerOptions.Patience"/> says.</summary>
    StoppedEarly,

    /// <summary>A callback called <see cref="Trainer.Stop"/>.</summary>
    Stopped,
}
