namespace Kappa.Lab.Studies.Compare;

/// <summary>What a trial is doing.</summary>
public enum TrialPhase
{
    /// <summary>It trains.</summary>
    Training,

    /// <summary>The trained model is let loose.</summary>
    Deploying,

    /// <summary>It is finished; diverged trials are, too.</summary>
    Finished,
}
