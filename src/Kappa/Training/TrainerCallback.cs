namespace Kappa.Training;

/// <summary>Someone who is called along a training, on its thread. What it throws ends the training.</summary>
public abstract class TrainerCallback
{
    /// <summary>Before the first step.</summary>
    /// <param name="trainer">The trainer; <see cref="Trainer.Stop"/> ends the training after this step.</param>
    public virtual void Started(Trainer trainer)
    {
    }

    /// <summary>After each optimizer step.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="step">Steps done.</param>
    /// <param name="loss">The loss of the step.</param>
    public virtual void StepTaken(Trainer trainer, long step, double loss)
    {
    }

    /// <summary>After each evaluation.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="record">What it gave.</param>
    public virtual void Evaluated(Trainer trainer, TrainingRecord record)
    {
    }

    /// <summary>After the last step, when the model has the parameters that it will have.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="outcome">How it went.</param>
    public virtual void Ended(Trainer trainer, TrainingOutcome outcome)
    {
    }
}
