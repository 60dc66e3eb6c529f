using System.Globalization;

namespace Kappa.Mpi;

/// <summary>What mpirun says to the processes that it starts, by their environment.</summary>
/// <param name="Kind">Whose mpirun it is.</param>
/// <param name="Rank">Which process this is.</param>
/// <param name="Size">How many there are.</param>
internal sealed record Launch(MpiKind Kind, int Rank, int Size)
{
    private static readonly (MpiKind Kind, string Rank, string Size)[] Variables =
    [
        (MpiKind.OpenMpi, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
        (MpiKind.Mpich, "PMI_RANK", "PMI_SIZE"),
    ];

    /// <summary>Name of the launcher and of its Debian package.</summary>
    internal static string NameOf(MpiKind kind) => kind == MpiKind.OpenMpi ? "Open MPI" : "MPICH";

    /// <summary>Reads the environment; null where no mpirun started this process.</summary>
    /// <exception cref="MpiException">The environment contradicts itself.</exception>
    internal static Launch? Find(Func<string, string?> variable)
    {
        foreach (var (kind, rankName, sizeName) in Variables)
        {
            if (variable(sizeName) is not { } size)
                continue;
            int count = Whole(sizeName, size, 1), rank = Whole(rankName, variable(rankName) ?? "", 0);
            return rank < count ? new Launch(kind, rank, count) : throw new MpiException(
                $"{rankName}: expected a rank below {sizeName}, which is {count}; got {rank}. Start Kappa by mpirun, which sets both");
        }
        return null;
    }

    private static int Whole(string name, string text, int least) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least ? value : throw new MpiException(
            $"{name}: expected an integer of {least} or more, as mpirun sets it; got \"{text}\". Start Kappa by mpirun, or unset the variable");
}
