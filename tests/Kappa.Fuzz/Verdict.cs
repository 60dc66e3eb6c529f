namespace Kappa.Fuzz;

/// <summary>What came of one input.</summary>
/// <param name="Fault">What is wrong; null for nothing.</param>
/// <param name="Behaviour">Where it was refused, or what was read: inputs that differ in it took different ways through the reader.</param>
/// <param name="WasRead">Whether it was read.</param>
/// <param name="Allocated">Bytes that were allocated for it.</param>
internal sealed record Verdict(string? Fault, string Behaviour, bool WasRead, long Allocated);
