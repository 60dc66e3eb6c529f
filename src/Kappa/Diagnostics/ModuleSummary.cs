using Kappa.Tensors;

namespace Kappa.Diagnostics;

/// <summary>One module of a <see cref="ModelSummary"/>: what it does itself, without the modules inside it.</summary>
/// <param name="Path">Its path; empty for the model.</param>
/// <param name="Type">Its type, such as <c>Linear</c>.</param>
/// <param name="InputShape">The shape of its input at its last call; null when it was not called.</param>
/// <param name="OutputShape">The shape of its output at its last call; null when it was not called.</param>
/// <param name="Calls">How often it was called.</param>
/// <param name="Parameters">Elements of its own parameters; one that several modules share counts at the first.</param>
/// <param name="Flops">Floating-point operations of its own in one forward pass.</param>
/// <param name="ActivationBytes">Bytes of the results of its own operations.</param>
public sealed record ModuleSummary(
    string Path, string Type, Shape? InputShape, Shape? OutputShape, int Calls, long Parameters, long Flops, long ActivationBytes);
