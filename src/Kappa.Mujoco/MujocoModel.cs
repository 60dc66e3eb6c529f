using System.Text;

namespace Kappa.Mujoco;

/// <summary>A compiled model (<c>mjModel</c>): constant while simulations run, so threads may share it.</summary>
/// <remarks>
/// Spans point into native memory: they are valid until <see cref="Dispose"/> and while a reference to this object is kept.
/// </remarks>
public sealed unsafe partial class MujocoModel : IDisposable
{
    // mj_loadXML keeps the last parsed file in a global.
    private static readonly Lock LoadLock = new();

    private MujocoModel(ModelHandle handle)
    {
        Handle = handle;
        PositionSize = ReadInteger(ModelField.nq);
        VelocitySize = ReadInteger(ModelField.nv);
        ControlSize = ReadInteger(ModelField.nu);
        ActivationSize = ReadInteger(ModelField.na);
        BodyCount = ReadInteger(ModelField.nbody);
        JointCount = ReadInteger(ModelField.njnt);
        GeomCount = ReadInteger(ModelField.ngeom);
        KeyframeCount = ReadInteger(ModelField.nkey);
    }

    /// <summary>Number of generalized positions, nq (a free joint takes 7).</summary>
    public int PositionSize { get; }

    /// <summary>Number of degrees of freedom, nv (a free joint has 6).</summary>
    public int VelocitySize { get; }

    /// <summary>Number of controls, nu.</summary>
    public int ControlSize { get; }

    /// <summary>Number of actuator activation states, na.</summary>
    public int ActivationSize { get; }

    /// <summary>Number of bodies; body 0 is the world.</summary>
    public int BodyCount { get; }

    /// <summary>Number of joints.</summary>
    public int JointCount { get; }

    /// <summary>Number of geometric shapes.</summary>
    public int GeomCount { get; }

    /// <summary>Number of keyframes.</summary>
    public int KeyframeCount { get; }

    /// <summary>Size of the tangent-space state, 2 nv + na, which <see cref="MujocoData.TransitionFiniteDifference"/> differentiates.</summary>
    public int StateSize => (2 * VelocitySize) + ActivationSize;

    /// <summary>Simulation time step, in seconds.</summary>
    public double Timestep => *(double*)Address(ModelField.opt_timestep);

    /// <summary>Acceleration of gravity, [3], in m/s^2.</summary>
    public ReadOnlySpan<double> Gravity => new(Address(ModelField.opt_gravity), 3);

    /// <summary>How the model advances in time.</summary>
    public MujocoIntegrator Integrator => (MujocoIntegrator)ReadInteger(ModelField.opt_integrator);

    /// <summary>True when the model computes energies (<c>flag energy="enable"</c>).</summary>
    public bool ComputesEnergy => (ReadInteger(ModelField.opt_enableflags) & 2) != 0;

    /// <summary>Positions at reset, [nq].</summary>
    public ReadOnlySpan<double> DefaultPosition => new(Pointer(ModelField.qpos0), PositionSize);

    /// <summary>Mass of each body, [nbody], in kg.</summary>
    public ReadOnlySpan<double> BodyMass => new(Pointer(ModelField.body_mass), BodyCount);

    /// <summary>Mass of the subtree that starts at each body, [nbody], in kg.</summary>
    public ReadOnlySpan<double> SubtreeMass => new(Pointer(ModelField.body_subtreemass), BodyCount);

    /// <summary>Type of each joint, [njnt].</summary>
    public ReadOnlySpan<MujocoJoint> JointTypes => new(Pointer(ModelField.jnt_type), JointCount);

    /// <summary>First index of each joint in the positions, [njnt].</summary>
    public ReadOnlySpan<int> JointPositionAddress => new(Pointer(ModelField.jnt_qposadr), JointCount);

    /// <summary>First index of each joint in the velocities, [njnt].</summary>
    public ReadOnlySpan<int> JointVelocityAddress => new(Pointer(ModelField.jnt_dofadr), JointCount);

    /// <summary>Lower and upper limit of each joint, [njnt, 2], in rad or m.</summary>
    public ReadOnlySpan<double> JointRange => new(Pointer(ModelField.jnt_range), 2 * JointCount);

    /// <summary>Lower and upper limit of each control, [nu, 2].</summary>
    public ReadOnlySpan<double> ControlRange => new(Pointer(ModelField.actuator_ctrlrange), 2 * ControlSize);

    internal ModelHandle Handle { get; }

    /// <summary>Loads and compiles a model file (MJCF or URDF).</summary>
    /// <param name="path">Path of the XML file.</param>
    /// <returns>The compiled model.</returns>
    /// <exception cref="MujocoException">libmujoco is unavailable, or it refused the file; the message carries its reason.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static MujocoModel FromXmlFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MujocoLibrary.Require();
        if (!File.Exists(path))
            throw new FileNotFoundException($"The model file '{path}' does not exist.", path);
        Span<byte> error = stackalloc byte[1024];
        error.Clear();
        nint model;
        lock (LoadLock)
        {
            fixed (byte* text = error)
                model = NativeMethods.LoadXml(path, 0, text, error.Length);
        }
        if (model == 0)
        {
            int end = error.IndexOf((byte)0);
            throw new MujocoException($"MuJoCo could not load '{path}': {Encoding.UTF8.GetString(error[..end]).Trim()}");
        }
        return new MujocoModel(new ModelHandle(model));
    }

    /// <summary>Compiles a model that is given as text, such as one that a program carries with it.</summary>
    /// <param name="xml">MJCF or URDF; other files that it names are looked for in the folder for temporary files.</param>
    /// <returns>The compiled model.</returns>
    /// <exception cref="MujocoException">libmujoco is unavailable, or it refused the text; the message carries its reason.</exception>
    public static MujocoModel FromXml(string xml)
    {
        ArgumentException.ThrowIfNullOrEmpty(xml);
        MujocoLibrary.Require();
        // MuJoCo reads its models from files.
        string path = Path.Combine(Path.GetTempPath(), $"kappa-model-{Guid.NewGuid():N}.xml");
        try
        {
            File.WriteAllText(path, xml);
            return FromXmlFile(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Makes a simulation state for this model, at its default position.</summary>
    /// <returns>A new state; use it on one thread at a time.</returns>
    public MujocoData CreateData() => new(this);

    /// <summary>Positions of a keyframe, [nq].</summary>
    /// <param name="keyframe">Index from 0 to <see cref="KeyframeCount"/> - 1.</param>
    /// <returns>The positions.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such keyframe.</exception>
    public ReadOnlySpan<double> KeyframePosition(int keyframe)
    {
        Guard.Index("keyframe", keyframe, KeyframeCount);
        return new((double*)Pointer(ModelField.key_qpos) + ((nint)keyframe * PositionSize), PositionSize);
    }

    /// <summary>Velocities of a keyframe, [nv].</summary>
    /// <param name="keyframe">Index from 0 to <see cref="KeyframeCount"/> - 1.</param>
    /// <returns>The velocities.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such keyframe.</exception>
    public ReadOnlySpan<double> KeyframeVelocity(int keyframe)
    {
        Guard.Index("keyframe", keyframe, KeyframeCount);
        return new((double*)Pointer(ModelField.key_qvel) + ((nint)keyframe * VelocitySize), VelocitySize);
    }

    /// <summary>Frees the native model. Existing <see cref="MujocoData"/> of this model can then no longer simulate.</summary>
    public void Dispose() => Handle.Dispose();

    private byte* Address(ModelField field)
    {
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        return (byte*)Handle.DangerousGetHandle() + (int)field;
    }

    private void* Pointer(ModelField field) => *(void**)Address(field);

    private int ReadInteger(ModelField field) => *(int*)Address(field);

    private int CountOf(MujocoObject kind) => kind switch
    {
        MujocoObject.Body => BodyCount,
        MujocoObject.Joint => JointCount,
        MujocoObject.Geom => GeomCount,
        MujocoObject.Actuator => ControlSize,
        MujocoObject.Keyframe => KeyframeCount,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of object."),
    };
}
