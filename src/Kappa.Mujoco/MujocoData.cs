namespace Kappa.Mujoco;

/// <summary>One simulation (<c>mjData</c>): state, controls and everything computed from them. One thread at a time.</summary>
/// <remarks>
/// Spans point into native memory: they are valid until <see cref="Dispose"/> and while a reference to this object is kept.
/// Two calls at the same time on one object throw instead of corrupting it.
/// </remarks>
public sealed unsafe partial class MujocoData : IDisposable
{
    private readonly DataHandle _handle;
    private readonly byte* _base;
    private int _busy;

    internal MujocoData(MujocoModel model)
    {
        nint data = NativeMethods.MakeData(model.Handle);
        if (data == 0)
            throw new MujocoException("MuJoCo could not allocate the simulation data.");
        Model = model;
        _handle = new DataHandle(data);
        _base = (byte*)data;
    }

    /// <summary>The model that this state belongs to.</summary>
    public MujocoModel Model { get; }

    /// <summary>Simulation time, in seconds.</summary>
    public double Time
    {
        get => *(double*)Address(DataField.time);
        set
        {
            Guard.Finite(nameof(Time), [value]);
            *(double*)Address(DataField.time) = value;
        }
    }

    /// <summary>Positions, [nq]; writable.</summary>
    public Span<double> Position => new(Pointer(DataField.qpos), Model.PositionSize);

    /// <summary>Velocities, [nv]; writable.</summary>
    public Span<double> Velocity => new(Pointer(DataField.qvel), Model.VelocitySize);

    /// <summary>Actuator activations, [na]; writable.</summary>
    public Span<double> Activation => new(Pointer(DataField.act), Model.ActivationSize);

    /// <summary>
    /// Accelerations from which the constraint solver starts, [nv]; writable. Together with position, velocity, activation and time they
    /// determine the next step to the last bit, so one object can carry on another's simulation.
    /// </summary>
    public Span<double> WarmStart => new(Pointer(DataField.qacc_warmstart), Model.VelocitySize);

    /// <summary>Controls, [nu]; writable.</summary>
    public Span<double> Control => new(Pointer(DataField.ctrl), Model.ControlSize);

    /// <summary>Generalized forces applied from outside, [nv]; writable.</summary>
    public Span<double> AppliedForce => new(Pointer(DataField.qfrc_applied), Model.VelocitySize);

    /// <summary>Accelerations, [nv]: a result of <see cref="Forward"/>, an input of <see cref="Inverse"/>; writable.</summary>
    public Span<double> Acceleration => new(Pointer(DataField.qacc), Model.VelocitySize);

    /// <summary>Position of each body frame in the world, [nbody, 3], in m. After <see cref="Step()"/> it belongs to the step's start.</summary>
    public ReadOnlySpan<double> BodyPosition => new(Pointer(DataField.xpos), 3 * Model.BodyCount);

    /// <summary>Centre of mass of the subtree at each body, [nbody, 3], in m; as old as <see cref="BodyPosition"/>.</summary>
    public ReadOnlySpan<double> SubtreeCenterOfMass => new(Pointer(DataField.subtree_com), 3 * Model.BodyCount);

    /// <summary>Moment arms of the actuators, [nu, nv].</summary>
    public ReadOnlySpan<double> ActuatorMoment =>
        new(Pointer(DataField.actuator_moment), Model.ControlSize * Model.VelocitySize);

    /// <summary>Generalized forces that give <see cref="Acceleration"/>, [nv]: the result of <see cref="Inverse"/>.</summary>
    public ReadOnlySpan<double> InverseForce => new(Pointer(DataField.qfrc_inverse), Model.VelocitySize);

    /// <summary>Number of contacts found.</summary>
    public int ContactCount => *(int*)Address(DataField.ncon);

    /// <summary>Potential energy, in J; zero unless <see cref="MujocoModel.ComputesEnergy"/>.</summary>
    public double PotentialEnergy => ((double*)Address(DataField.energy))[0];

    /// <summary>Kinetic energy, in J; zero unless <see cref="MujocoModel.ComputesEnergy"/>.</summary>
    public double KineticEnergy => ((double*)Address(DataField.energy))[1];

    /// <summary>
    /// True when a step since the last <see cref="Reset()"/> met a bad position, velocity or acceleration. MuJoCo then resets the
    /// state to the default position by itself, which looks like a sound simulation to anyone who does not ask.
    /// </summary>
    public bool HasDiverged =>
        WarningCount(MujocoWarning.BadPosition) + WarningCount(MujocoWarning.BadVelocity)
        + WarningCount(MujocoWarning.BadAcceleration) > 0;

    /// <summary>How often MuJoCo raised a warning since the last reset (its own resets on divergence included).</summary>
    /// <param name="warning">Which warning.</param>
    /// <returns>The count.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such warning.</exception>
    public int WarningCount(MujocoWarning warning)
    {
        if (!Enum.IsDefined(warning))
            throw new ArgumentOutOfRangeException(nameof(warning), warning, "Unknown warning.");
        return *(int*)(Address(DataField.warning) + ((int)warning * StructSize.WarningStatistic) + sizeof(int));
    }

    /// <summary>Frees the native data.</summary>
    public void Dispose() => _handle.Dispose();

    private byte* Address(DataField field)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return _base + (int)field;
    }

    private void* Pointer(DataField field) => *(void**)Address(field);

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        if (Interlocked.Exchange(ref _busy, 1) != 0)
            throw new InvalidOperationException("This MujocoData is in use by another thread; make one for each thread.");
    }

    private void Exit() => Volatile.Write(ref _busy, 0);
}
