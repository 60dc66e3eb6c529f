namespace Kappa.LinearAlgebra.Operators;

/// <summary>An operator is not one fixed symmetric matrix: its products change between calls, it is not symmetric, or what it was made of was
/// changed.</summary>
public sealed class InvalidOperatorException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was expected, what was found, and the way out.</param>
    public InvalidOperatorException(string message)
        : base(message)
    {
    }
}
