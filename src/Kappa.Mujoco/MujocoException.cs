namespace Kappa.Mujoco;

/// <summary>MuJoCo is missing, has the wrong version, or refused a model file.</summary>
public sealed class MujocoException : Exception
{
    /// <summary>Makes an exception with the given message.</summary>
    /// <param name="message">What was expected, what was found, and the way out.</param>
    public MujocoException(string message)
        : base(message)
    {
    }
}
