namespace Kappa.Randomness;

/// <summary>Everything that decides what a <see cref="Philox"/> draws next; four plain numbers, for checkpoints.</summary>
/// <param name="Key">The 64-bit key: the seed of a root generator, a hash of the path of names for a split one.</param>
/// <param name="Stream">The upper 64 bits of the counter, fixed for the life of the generator.</param>
/// <param name="Counter">The lower 64 bits of the counter: the block that the next word comes from.</param>
/// <param name="Position">How many words of that block have been drawn, 0 to 3.</param>
public sealed record PhiloxState(ulong Key, ulong Stream, ulong Counter, int Position);
