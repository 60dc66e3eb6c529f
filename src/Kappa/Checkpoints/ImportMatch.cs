namespace Kappa.Checkpoints;

/// <summary>How the tensors of a file find those of a model.</summary>
public enum ImportMatch
{
    /// <summary>By their names, after <see cref="ImportOptions.Rename"/>.</summary>
    Name,

    /// <summary>By their shapes and order, where that leaves one way alone. See <see cref="SafeTensorsImport"/>.</summary>
    ShapeAndOrder,
}
