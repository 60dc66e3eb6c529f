namespace Kappa.Mpi;

/// <summary>Which MPI: the two differ in what their handles are.</summary>
internal enum MpiKind
{
    /// <summary>Open MPI 4 or 5: handles are addresses of exported objects.</summary>
    OpenMpi,

    /// <summary>MPICH 4 and what is built on it: handles are integers.</summary>
    Mpich,
}
