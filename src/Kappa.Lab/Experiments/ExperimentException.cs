namespace Kappa.Lab.Experiments;

/// <summary>A piece of an experiment failed. The message begins with the cell; the results of the others are kept.</summary>
public sealed class ExperimentException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">The cell and what went wrong.</param>
    /// <param name="innerException">What went wrong.</param>
    public ExperimentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
