namespace Kappa.Mujoco;

/// <summary>The kinds of named objects that a model can look up (<c>mjtObj</c>).</summary>
public enum MujocoObject
{
    /// <summary>A body.</summary>
    Body = 1,

    /// <summary>A joint.</summary>
    Joint = 3,

    /// <summary>A geometric shape.</summary>
    Geom = 5,

    /// <summary>An actuator.</summary>
    Actuator = 18,

    /// <summary>A keyframe.</summary>
    Keyframe = 23,
}
