namespace Kappa.Onnx.Export;

/// <summary>How an axis of a constant follows the input.</summary>
internal enum ConstantAxis
{
    /// <summary>Not at all.</summary>
    Fixed,

    /// <summary>Its one entry is repeated for each example.</summary>
    Repeated,

    /// <summary>Its first entries are taken, as many as there are positions.</summary>
    Cut,
}
