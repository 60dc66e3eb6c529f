namespace Kappa.Networks;

/// <summary>What a layer does with its weight.</summary>
internal enum LayerWeightKind
{
    /// <summary>Multiplies rows of inputs.</summary>
    Linear,

    /// <summary>Multiplies patches, without groups.</summary>
    Convolution,

    /// <summary>Picks rows.</summary>
    Table,
}
