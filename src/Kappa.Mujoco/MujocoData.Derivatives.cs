namespace Kappa.Mujoco;

public sealed unsafe partial class MujocoData
{
    /// <summary>
    /// Linearises one time step by finite differences: dx' = A dx + B du, where x = [position difference in the tangent space;
    /// velocity; activation] has 2 nv + na elements.
    /// </summary>
    /// <param name="a">Result, [2 nv + na, 2 nv + na], row-major.</param>
    /// <param name="b">Result, [2 nv + na, nu], row-major.</param>
    /// <param name="perturbation">Size of the perturbation, in the units of each variable.</param>
    /// <param name="centered">True for central differences (twice the cost, second order).</param>
    /// <remarks>Costs about 2 nv + na + nu steps, twice that when centred. The state is left as it was.</remarks>
    /// <exception cref="ArgumentException">A length is wrong or the state is not finite.</exception>
    /// <exception cref="NotSupportedException">The model integrates by Runge-Kutta, which mjd_transitionFD does not differentiate.</exception>
    public void TransitionFiniteDifference(Span<double> a, Span<double> b, double perturbation = 1e-6, bool centered = true)
    {
        int states = Model.StateSize;
        Guard.Length(nameof(a), a.Length, states * states, "(2 nv + na)^2");
        Guard.Length(nameof(b), b.Length, states * Model.ControlSize, "(2 nv + na) nu");
        Guard.Positive(nameof(perturbation), perturbation);
        RequireFiniteState();
        if (Model.Integrator == MujocoIntegrator.RungeKutta4)
            throw new NotSupportedException("Derivatives need the Euler or the implicit integrator; this model uses RK4.");
        Enter();
        try
        {
            fixed (double* stateMatrix = a, controlMatrix = b)
            {
                NativeMethods.TransitionFiniteDifference(
                    Model.Handle, _handle, perturbation, centered ? (byte)1 : (byte)0, stateMatrix, controlMatrix, null, null);
            }
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Jacobian of the centre of mass of a body's subtree, at the position of the last <see cref="Forward"/>.</summary>
    /// <param name="body">Body index.</param>
    /// <param name="jacobian">Result, [3, nv], row-major.</param>
    /// <exception cref="ArgumentException">The length is wrong, or there is no such body.</exception>
    public void SubtreeCenterOfMassJacobian(int body, Span<double> jacobian)
    {
        Guard.Index("body", body, Model.BodyCount);
        Guard.Length(nameof(jacobian), jacobian.Length, 3 * Model.VelocitySize, "3 nv");
        Enter();
        try
        {
            fixed (double* result = jacobian)
                NativeMethods.JacobianSubtreeCom(Model.Handle, _handle, result, body);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Jacobian of one body's centre of mass, at the position of the last <see cref="Forward"/>.</summary>
    /// <param name="body">Body index.</param>
    /// <param name="jacobian">Result, [3, nv], row-major.</param>
    /// <exception cref="ArgumentException">The length is wrong, or there is no such body.</exception>
    public void BodyCenterOfMassJacobian(int body, Span<double> jacobian)
    {
        Guard.Index("body", body, Model.BodyCount);
        Guard.Length(nameof(jacobian), jacobian.Length, 3 * Model.VelocitySize, "3 nv");
        Enter();
        try
        {
            fixed (double* result = jacobian)
                NativeMethods.JacobianBodyCom(Model.Handle, _handle, result, null, body);
        }
        finally
        {
            Exit();
        }
    }
}
