namespace Kappa.Checkpoints;

/// <summary>A tensor of a file, and what the model calls it.</summary>
/// <param name="Source">The tensor.</param>
/// <param name="Own">A name, which the model need not have.</param>
/// <param name="IsRenamed">Whether a rule said so.</param>
internal readonly record struct ImportPair(SafeTensorsEntry Source, string Own, bool IsRenamed = false);
