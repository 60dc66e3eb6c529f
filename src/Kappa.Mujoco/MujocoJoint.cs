namespace Kappa.Mujoco;

/// <summary>Joint types (<c>mjtJoint</c>), with the number of positions and velocities each takes.</summary>
public enum MujocoJoint
{
    /// <summary>Free body: 7 positions (point, unit quaternion), 6 velocities.</summary>
    Free = 0,

    /// <summary>Ball: 4 positions (unit quaternion), 3 velocities.</summary>
    Ball = 1,

    /// <summary>Slide: 1 position (m), 1 velocity (m/s).</summary>
    Slide = 2,

    /// <summary>Hinge: 1 position (rad), 1 velocity (rad/s).</summary>
    Hinge = 3,
}
