using System.Runtime.InteropServices;

namespace Kappa.Mpi;

/// <summary>The C functions that are used, as they are in mpi.h. A handle is an address in Open MPI and an int in MPICH: either fits into nint, and MPICH
/// reads the lower half of the register. No status is read.</summary>
internal static unsafe partial class NativeMethods
{
    internal const string Library = "mpi";

    [LibraryImport(Library, EntryPoint = "MPI_Init_thread")]
    internal static partial int InitThread(nint argumentCount, nint arguments, int required, int* provided);

    [LibraryImport(Library, EntryPoint = "MPI_Initialized")]
    internal static partial int Initialized(int* flag);

    [LibraryImport(Library, EntryPoint = "MPI_Finalize")]
    internal static partial int Complete();

    [LibraryImport(Library, EntryPoint = "MPI_Abort")]
    internal static partial int Abort(nint communicator, int code);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_rank")]
    internal static partial int Rank(nint communicator, int* rank);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_size")]
    internal static partial int Size(nint communicator, int* size);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_set_errhandler")]
    internal static partial int SetErrorHandler(nint communicator, nint handler);

    [LibraryImport(Library, EntryPoint = "MPI_Isend")]
    internal static partial int Send(byte* buffer, int count, nint type, int destination, int tag, nint communicator, nint* request);

    [LibraryImport(Library, EntryPoint = "MPI_Irecv")]
    internal static partial int Receive(byte* buffer, int count, nint type, int source, int tag, nint communicator, nint* request);

    [LibraryImport(Library, EntryPoint = "MPI_Test")]
    internal static partial int Test(nint* request, int* flag, nint status);

    [LibraryImport(Library, EntryPoint = "MPI_Iprobe")]
    internal static partial int Probe(int source, int tag, nint communicator, int* flag, nint status);

    [LibraryImport(Library, EntryPoint = "MPI_Error_string")]
    internal static partial int ErrorText(int code, byte* text, int* length);

    /// <summary>Sets a variable for native code, which does not see those that .NET sets.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetEnvironment(string name, string value, int replace);

    /// <summary>Sleeps for less than a millisecond, which is the shortest that .NET sleeps.</summary>
    [LibraryImport("libc", EntryPoint = "usleep")]
    internal static partial int Sleep(uint microseconds);
}
