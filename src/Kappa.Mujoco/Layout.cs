namespace Kappa.Mujoco;

// Byte offsets of the fields this binding reads in MuJoCo 2.2.2 (64-bit). Member names are the C field names, with '_'
// for the '.' of a nested struct, so that the tests can hand each of them to a C compiler's offsetof.

/// <summary>Offsets into <c>mjModel</c>: sizes are 32-bit integers, options are in place, the rest are pointers.</summary>
internal enum ModelField
{
    nq = 0,
    nv = 4,
    nu = 8,
    na = 12,
    nbody = 16,
    njnt = 20,
    ngeom = 24,
    nkey = 152,
    opt_timestep = 232,
    opt_gravity = 280,
    opt_integrator = 432,
    opt_enableflags = 468,
    qpos0 = 1096,
    body_mass = 1240,
    body_subtreemass = 1248,
    jnt_type = 1280,
    jnt_qposadr = 1288,
    jnt_dofadr = 1296,
    jnt_range = 1368,
    actuator_ctrlrange = 2792,
    key_qpos = 3056,
    key_qvel = 3064,
}

/// <summary>Offsets into <c>mjData</c>: warnings, counts, time and energy are in place, the rest are pointers.</summary>
internal enum DataField
{
    warning = 24,
    ncon = 40332,
    time = 40336,
    energy = 40344,
    qpos = 40376,
    qvel = 40384,
    act = 40392,
    qacc_warmstart = 40400,
    ctrl = 40408,
    qfrc_applied = 40416,
    qacc = 40448,
    xpos = 40480,
    subtree_com = 40600,
    actuator_moment = 40704,
    qfrc_inverse = 41144,
}

/// <summary>Sizes of whole structs, in bytes.</summary>
internal static class StructSize
{
    public const int Model = 3280;
    public const int Data = 41176;
    public const int Option = 240;
    public const int WarningStatistic = 8;
}
