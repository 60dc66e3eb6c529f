namespace Kappa.Tensors;

/// <summary>The element type of a <see cref="Tensor"/>.</summary>
public enum DataType
{
    /// <summary>32-bit IEEE floating point: the default.</summary>
    Float32,

    /// <summary>64-bit IEEE floating point: for derivative checks and exact studies.</summary>
    Float64,

    /// <summary>32-bit signed integers: indices and labels. Never differentiated.</summary>
    Int32,

    /// <summary>64-bit signed integers: counters and keys that a model keeps and a file holds. Never differentiated, and no operation computes with
    /// them.</summary>
    Int64,
}
