namespace Kappa.Mpi;

/// <summary>MPI cannot be used, or a call of it failed; the message says what was expected and the way out.</summary>
public class MpiException : IOException
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What happened, and what to do.</param>
    public MpiException(string message)
        : base(message)
    {
    }
}
