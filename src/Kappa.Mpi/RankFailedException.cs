namespace Kappa.Mpi;

/// <summary>Another process of the job failed or is gone, so that this one stops as well.</summary>
public sealed class RankFailedException : MpiException
{
    internal RankFailedException(int rank, string message)
        : base($"rank {rank}: {message}") => Rank = rank;

    /// <summary>The process that failed.</summary>
    public int Rank { get; }
}
