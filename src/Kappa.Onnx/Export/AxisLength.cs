namespace Kappa.Onnx.Export;

/// <summary>The length of an axis: a number, times the number of examples, times the length of the sequence where that is open.</summary>
/// <param name="Factor">The number.</param>
/// <param name="PerExample">Whether it grows with the batch.</param>
/// <param name="PerPosition">Whether it grows with the sequence.</param>
internal readonly record struct AxisLength(int Factor, bool PerExample, bool PerPosition)
{
    internal bool IsOpen => PerExample || PerPosition;
}
