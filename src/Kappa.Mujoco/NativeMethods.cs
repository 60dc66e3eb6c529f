using System.Runtime.InteropServices;

namespace Kappa.Mujoco;

/// <summary>The C functions, as they are in mujoco.h 2.2.2. Callers validate: MuJoCo ends the process on bad input.</summary>
internal static unsafe partial class NativeMethods
{
    public const string Library = "mujoco";

    [LibraryImport(Library, EntryPoint = "mj_loadXML", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint LoadXml(string path, nint virtualFiles, byte* error, int errorSize);

    [LibraryImport(Library, EntryPoint = "mj_deleteModel")]
    public static partial void DeleteModel(nint model);

    [LibraryImport(Library, EntryPoint = "mj_makeData")]
    public static partial nint MakeData(ModelHandle model);

    [LibraryImport(Library, EntryPoint = "mj_deleteData")]
    public static partial void DeleteData(nint data);

    [LibraryImport(Library, EntryPoint = "mj_resetData")]
    public static partial void ResetData(ModelHandle model, DataHandle data);

    [LibraryImport(Library, EntryPoint = "mj_resetDataKeyframe")]
    public static partial void ResetDataKeyframe(ModelHandle model, DataHandle data, int key);

    [LibraryImport(Library, EntryPoint = "mj_step")]
    public static partial void Step(ModelHandle model, DataHandle data);

    [LibraryImport(Library, EntryPoint = "mj_forward")]
    public static partial void Forward(ModelHandle model, DataHandle data);

    [LibraryImport(Library, EntryPoint = "mj_inverse")]
    public static partial void Inverse(ModelHandle model, DataHandle data);

    [LibraryImport(Library, EntryPoint = "mjd_transitionFD")]
    public static partial void TransitionFiniteDifference(
        ModelHandle model, DataHandle data, double step, byte centered, double* a, double* b, double* c, double* d);

    [LibraryImport(Library, EntryPoint = "mj_jacSubtreeCom")]
    public static partial void JacobianSubtreeCom(ModelHandle model, DataHandle data, double* position, int body);

    [LibraryImport(Library, EntryPoint = "mj_jacBodyCom")]
    public static partial void JacobianBodyCom(
        ModelHandle model, DataHandle data, double* position, double* rotation, int body);

    [LibraryImport(Library, EntryPoint = "mj_differentiatePos")]
    public static partial void DifferentiatePosition(
        ModelHandle model, double* velocity, double interval, double* from, double* to);

    [LibraryImport(Library, EntryPoint = "mj_integratePos")]
    public static partial void IntegratePosition(ModelHandle model, double* position, double* velocity, double interval);

    [LibraryImport(Library, EntryPoint = "mj_name2id", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int NameToIndex(ModelHandle model, int kind, string name);

    [LibraryImport(Library, EntryPoint = "mj_id2name")]
    public static partial nint IndexToName(ModelHandle model, int kind, int index);
}
