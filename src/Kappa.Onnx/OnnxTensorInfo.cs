namespace Kappa.Onnx;

/// <summary>An input or output as a file declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type here: Float32 also for numbers of 16 bits, Int32 for every kind of integer.</param>
/// <param name="Dimensions">A length in digits, the name of a dimension, or <c>?</c> for each axis; null where the file does not say how many there
/// are.</param>
public sealed record OnnxTensorInfo(string Name, DataType Type, IReadOnlyList<string>? Dimensions)
{
    /// <summary>Such as <c>input Float32 [batch, 3, 224, 224]</c>.</summary>
    public override string ToString() => $"{OnnxException.Quote(Name)[1..^1]} {Type} "
        + $"{(Dimensions is null ? "of any shape" : $"[{string.Join(", ", Dimensions)}]")}";

    /// <summary>The length of an axis, where the file gives it.</summary>
    internal int? LengthOf(int axis) =>
        int.TryParse(Dimensions![axis], NumberStyles.None, CultureInfo.InvariantCulture, out int length) ? length : null;
}
