namespace Kappa.Checkpoints;

/// <summary>How the tensors of a file find those of a model.</summary>
public enum ImportMatch
{
    /// <summary>By their names, after <see cref="ImportOptions.Rename"/>.</summary>
    Name,

    /// <summary>By their shapes and order, where that leaves one way alone. See <see cref="SafeTensorsImport"/>.</summary>
    ShapeAndOrder,

    /// <summary>By their names where those are the model's after <see cref="ImportOptions.Rename"/>; otherwise those that no rule renames by their shapes and
    /// order, all of them, since one name that both sides have by chance would lead the others astray.</summary>
    NameElseShape,
}
