namespace Kappa.Tensors;

/// <summary>Shapes or element types do not fit the operation. The message names the operation and what it got.</summary>
public sealed class TensorShapeException : ArgumentException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">The operation, what it expected and what it got.</param>
    public TensorShapeException(string message)
        : base(message)
    {
    }
}
