namespace Kappa.Lab.Tasks.CartPole;

/// <summary>How a rollout ended.</summary>
internal enum CartPoleEnding
{
    /// <summary>It went on for the whole time.</summary>
    Completed,

    /// <summary>The cart left the track.</summary>
    LeftTrack,

    /// <summary>The policy returned an action that is not finite.</summary>
    NonFiniteAction,

    /// <summary>The physics diverged.</summary>
    Diverged,
}
