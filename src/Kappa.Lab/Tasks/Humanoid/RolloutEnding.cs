namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>How a rollout ended.</summary>
internal enum RolloutEnding
{
    /// <summary>The torso stayed up for the whole time.</summary>
    Survived,

    /// <summary>The torso sank below 0.8 of the height of the commanded pose.</summary>
    Fell,

    /// <summary>The policy returned an action that is not finite; counted as a fall at that step.</summary>
    NonFiniteAction,

    /// <summary>The physics diverged; counted as a fall at that step.</summary>
    Diverged,
}
