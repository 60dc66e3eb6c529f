namespace Kappa.Onnx.Values;

/// <summary>A tensor of floating-point numbers.</summary>
/// <param name="Tensor">The tensor.</param>
internal sealed record Numbers(Tensor Tensor) : Value
{
    internal override Shape Shape => Tensor.Shape;

    internal override string Kind => Tensor.DataType.ToString();
}
