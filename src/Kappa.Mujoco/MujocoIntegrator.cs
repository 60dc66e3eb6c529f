namespace Kappa.Mujoco;

/// <summary>How a model advances in time (<c>mjtIntegrator</c>).</summary>
public enum MujocoIntegrator
{
    /// <summary>Semi-implicit Euler, implicit in joint damping.</summary>
    Euler = 0,

    /// <summary>Fourth-order Runge-Kutta.</summary>
    RungeKutta4 = 1,

    /// <summary>Implicit in velocity.</summary>
    Implicit = 2,
}
