namespace Kappa.Units;

/// <summary>What a walk follows: what an operation has to keep of a channel for the unit to be the same one behind it.</summary>
internal enum UnitRule
{
    /// <summary>Its scale: the operation is positively homogeneous. A batch normalisation's own parameters make new units.</summary>
    Scale,

    /// <summary>Its scale, where a batch normalisation passes it on like a fixed factor.</summary>
    ScaleThroughNorms,

    /// <summary>Its identity: element i comes from channel i, through whatever function, norm or factor.</summary>
    Identity,
}
