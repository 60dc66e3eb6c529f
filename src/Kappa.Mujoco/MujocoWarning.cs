namespace Kappa.Mujoco;

/// <summary>Warnings that MuJoCo counts in its data (<c>mjtWarning</c>).</summary>
public enum MujocoWarning
{
    /// <summary>The inertia matrix is nearly singular.</summary>
    Inertia = 0,

    /// <summary>More contacts than the contact list holds.</summary>
    ContactFull = 1,

    /// <summary>More constraints than the constraint list holds.</summary>
    ConstraintFull = 2,

    /// <summary>A position was not finite or above 1e10; the state was reset.</summary>
    BadPosition = 4,

    /// <summary>A velocity was not finite or above 1e10; the state was reset.</summary>
    BadVelocity = 5,

    /// <summary>An acceleration was not finite or above 1e10; the state was reset.</summary>
    BadAcceleration = 6,

    /// <summary>A control was not finite; all controls were taken as zero.</summary>
    BadControl = 7,
}
