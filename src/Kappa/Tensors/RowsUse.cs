namespace Kappa.Tensors;

/// <summary>A use of a weight as a table whose rows are picked by index, as an embedding does.</summary>
public sealed class RowsUse : WeightUse
{
    internal RowsUse(Tensor weight, Tensor indices)
        : base(weight) => Indices = indices;

    /// <summary>Which rows, Int32 of any shape.</summary>
    public Tensor Indices { get; }
}
