namespace Kappa.Rescaling;

/// <summary>A network has nothing that could be rescaled, or turned out not to keep its function. The message says why, layer by layer.</summary>
public sealed class NotRescalableException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was looked for, what was found, and the way out.</param>
    public NotRescalableException(string message)
        : base(message)
    {
    }
}
