namespace Kappa.Lab.Studies;

/// <summary>What a run, or a trial of it, is doing.</summary>
public enum RunPhase
{
    /// <summary>It takes training steps.</summary>
    Training,

    /// <summary>It measures on validation examples.</summary>
    Evaluating,

    /// <summary>The trained model is let loose.</summary>
    Deploying,

    /// <summary>It is finished; what diverged is, too.</summary>
    Finished,
}
