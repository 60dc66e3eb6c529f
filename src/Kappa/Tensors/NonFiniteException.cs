namespace Kappa.Tensors;

/// <summary>A NaN or an infinity turned up. The message says in which tensor, at which index, and where it arose.</summary>
public sealed class NonFiniteException : ArithmeticException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is not finite, its first bad index, and the way out.</param>
    public NonFiniteException(string message)
        : base(message)
    {
    }
}
