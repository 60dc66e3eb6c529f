using Kappa.Tensors;

namespace Kappa.Units;

/// <summary>One operation of a recorded graph.</summary>
/// <param name="Name">What it is, such as <c>Linear+Relu</c>, <c>Conv2d</c> or <c>Add</c>.</param>
/// <param name="Inputs">What it was computed from: outputs of other operations, parameters, the graph's input, constants.</param>
/// <param name="Output">What it gave.</param>
public sealed record RecordedOperation(string Name, IReadOnlyList<Tensor> Inputs, Tensor Output);
