using System.Runtime.InteropServices;
using System.Text;

namespace Kappa.Mpi;

/// <summary>Finds the library that belongs to the mpirun that started this process, and the handles that differ between the two.</summary>
internal sealed unsafe class MpiLibrary
{
    /// <summary>Names a library to use in the place of those that are looked for.</summary>
    internal const string Variable = "KAPPA_MPI_LIBRARY";

    // MPI_MAX_LIBRARY_VERSION_STRING of MPICH; that of Open MPI is shorter.
    private const int LongestVersion = 8192;

    private static readonly Lock Gate = new();
    private static MpiLibrary? _loaded;

    private MpiLibrary(MpiKind kind, nint library, string version)
    {
        (Kind, Version) = (kind, version);
        (World, Bytes, ErrorsReturn, AnySource, NoStatus) = kind == MpiKind.OpenMpi
            ? (NativeLibrary.GetExport(library, "ompi_mpi_comm_world"), NativeLibrary.GetExport(library, "ompi_mpi_byte"),
                NativeLibrary.GetExport(library, "ompi_mpi_errors_return"), -1, 0)
            : ((nint)0x44000000, (nint)0x4c00010d, (nint)0x54000001, -2, (nint)1);
    }

    internal MpiKind Kind { get; }

    /// <summary>What the library says of itself.</summary>
    internal string Version { get; }

    /// <summary>MPI_COMM_WORLD.</summary>
    internal nint World { get; }

    /// <summary>MPI_BYTE.</summary>
    internal nint Bytes { get; }

    /// <summary>MPI_ERRORS_RETURN.</summary>
    internal nint ErrorsReturn { get; }

    /// <summary>MPI_ANY_SOURCE.</summary>
    internal int AnySource { get; }

    /// <summary>MPI_STATUS_IGNORE.</summary>
    internal nint NoStatus { get; }

    /// <summary>Where the libraries are looked for.</summary>
    internal static string[] NamesOf(MpiKind kind) => kind == MpiKind.OpenMpi
        ? ["libmpi.so.40", "libmpi.40.dylib"]
        : ["libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib"];

    /// <summary>Loads the library of a launcher, once for the process.</summary>
    /// <exception cref="MpiException">There is none, or it is that of another MPI than the launcher's.</exception>
    internal static MpiLibrary Load(MpiKind launcher, string? given)
    {
        lock (Gate)
        {
            if (_loaded is not null)
                return _loaded;
            // After a failure messages are left over, of which the transport of MPICH would print a line each. It reads this while it is loaded.
            if (OperatingSystem.IsLinux() && launcher == MpiKind.Mpich)
                _ = NativeMethods.SetEnvironment("UCX_LOG_LEVEL", "error", 0);
            string[] names = string.IsNullOrWhiteSpace(given) ? NamesOf(launcher) : [given];
            nint handle = 0;
            string name = names.FirstOrDefault(candidate => NativeLibrary.TryLoad(candidate, out handle)) ?? throw Missing(launcher, names);
            string version = VersionOf(handle, name);
            RequireKind(launcher, name, version);
            NativeLibrary.SetDllImportResolver(typeof(MpiLibrary).Assembly, (library, _, _) => library == NativeMethods.Library ? handle : 0);
            return _loaded = new MpiLibrary(launcher, handle, version);
        }
    }

    /// <summary>Whether what a library says of itself fits to the launcher.</summary>
    internal static void RequireKind(MpiKind launcher, string name, string version)
    {
        MpiKind? kind = version.StartsWith("Open MPI", StringComparison.Ordinal) ? MpiKind.OpenMpi
            : version.StartsWith("MPICH", StringComparison.Ordinal) ? MpiKind.Mpich : null;
        string first = version.Split('\n')[0].Trim().TrimEnd(',');
        if (kind is null)
            throw new MpiException($"{name}: expected Open MPI 4 or 5, or MPICH 4; it says that it is \"{first}\". Set {Variable} to one of those");
        if (kind != launcher)
        {
            throw new MpiException(
                $"two MPIs are mixed: this process was started by the mpirun of {Launch.NameOf(launcher)}, and the library {name} is \"{first}\", so that "
                + $"every process would be alone. Start it by the mpirun of {Launch.NameOf(kind.Value)} "
                + $"(mpirun.{(kind == MpiKind.OpenMpi ? "openmpi" : "mpich")} on Debian), or set {Variable} to the library of {Launch.NameOf(launcher)}");
        }
    }

    private static string VersionOf(nint handle, string name)
    {
        if (!NativeLibrary.TryGetExport(handle, "MPI_Get_library_version", out nint entry))
            throw new MpiException($"{name}: it has no MPI_Get_library_version, so it is no MPI of version 3 or later. Set {Variable} to one");
        byte[] text = new byte[LongestVersion];
        int length = 0;
        fixed (byte* start = text)
            _ = ((delegate* unmanaged[Cdecl]<byte*, int*, int>)entry)(start, &length);
        return Encoding.UTF8.GetString(text.AsSpan(0, Math.Clamp(length, 0, text.Length))).TrimEnd('\0');
    }

    private static MpiException Missing(MpiKind launcher, string[] names) => new(
        $"this process was started by the mpirun of {Launch.NameOf(launcher)}, whose library was not found ({string.Join(", ", names)}). On Debian it comes "
        + $"with apt-get install {(launcher == MpiKind.OpenMpi ? "libopenmpi3" : "libmpich12")}; elsewhere put it where the dynamic linker looks, or set "
        + $"{Variable} to its path");
}
