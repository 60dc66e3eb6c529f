namespace Kappa.Mujoco;

public sealed unsafe partial class MujocoData
{
    /// <summary>Returns to the default position, zero velocity and time, and clears the warnings.</summary>
    public void Reset()
    {
        Enter();
        try
        {
            NativeMethods.ResetData(Model.Handle, _handle);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Returns to a keyframe of the model and clears the warnings.</summary>
    /// <param name="keyframe">Index from 0 to <see cref="MujocoModel.KeyframeCount"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such keyframe.</exception>
    public void Reset(int keyframe)
    {
        Guard.Index("keyframe", keyframe, Model.KeyframeCount);
        Enter();
        try
        {
            NativeMethods.ResetDataKeyframe(Model.Handle, _handle, keyframe);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Advances the simulation by one time step under the current <see cref="Control"/>.</summary>
    /// <remarks>A bad position, velocity or acceleration does not throw: see <see cref="HasDiverged"/>.</remarks>
    /// <exception cref="ArgumentException">A control or an applied force is not finite; the message names its index.</exception>
    public void Step()
    {
        Guard.Finite(nameof(Control), Control);
        Guard.Finite(nameof(AppliedForce), AppliedForce);
        Enter();
        try
        {
            NativeMethods.Step(Model.Handle, _handle);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Sets the controls and advances the simulation by one time step.</summary>
    /// <param name="control">Controls, [nu]; MuJoCo clips them to the model's ranges.</param>
    /// <exception cref="ArgumentException">The length is wrong or a control is not finite; the message names its index.</exception>
    public void Step(ReadOnlySpan<double> control)
    {
        Guard.Length(nameof(control), control.Length, Model.ControlSize, "nu");
        Guard.Finite(nameof(control), control);
        control.CopyTo(Control);
        Step();
    }

    /// <summary>Computes everything that depends on position, velocity and control, <see cref="Acceleration"/> included, without advancing time.</summary>
    /// <exception cref="ArgumentException">A position, velocity, control or applied force is not finite; the message names its index.</exception>
    public void Forward()
    {
        RequireFiniteState();
        Enter();
        try
        {
            NativeMethods.Forward(Model.Handle, _handle);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Computes <see cref="InverseForce"/> from position, velocity and <see cref="Acceleration"/>.</summary>
    /// <exception cref="ArgumentException">A position, velocity or acceleration is not finite; the message names its index.</exception>
    public void Inverse()
    {
        RequireFiniteState();
        Guard.Finite(nameof(Acceleration), Acceleration);
        Enter();
        try
        {
            NativeMethods.Inverse(Model.Handle, _handle);
        }
        finally
        {
            Exit();
        }
    }

    private void RequireFiniteState()
    {
        Guard.Finite(nameof(Position), Position);
        Guard.Finite(nameof(Velocity), Velocity);
        Guard.Finite(nameof(Activation), Activation);
        Guard.Finite(nameof(Control), Control);
        Guard.Finite(nameof(AppliedForce), AppliedForce);
    }
}
