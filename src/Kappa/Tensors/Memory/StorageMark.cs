namespace Kappa.Tensors.Memory;

/// <summary>The contents of a block at one moment: their version, and their checksum where somebody may change them without a new version.</summary>
internal readonly record struct StorageMark(long Version, ulong? Checksum);
