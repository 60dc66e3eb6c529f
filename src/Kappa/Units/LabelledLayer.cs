using Kappa.Tensors;

namespace Kappa.Units;

/// <summary>The units that one layer makes: one label for each of its output channels.</summary>
/// <param name="Path">The layer's path in the model.</param>
/// <param name="Kind">What it is, such as <c>Linear</c>.</param>
/// <param name="Weight">The parameter that makes them.</param>
/// <param name="Bias">Its bias, where there is one.</param>
/// <param name="Labels">One for each channel, which follow each other.</param>
internal sealed record LabelledLayer(string Path, string Kind, Tensor Weight, Tensor? Bias, int[] Labels);
