namespace Kappa.Onnx.Values;

/// <summary>What an operator takes or gives: floating-point numbers, which are differentiated, or integers, which are not.</summary>
internal abstract record Value
{
    internal abstract Shape Shape { get; }

    /// <summary>What a message calls it.</summary>
    internal abstract string Kind { get; }
}
