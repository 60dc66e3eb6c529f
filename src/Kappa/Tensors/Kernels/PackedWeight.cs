namespace Kappa.Tensors.Kernels;

/// <summary>A weight [columns, depth] as it was, in the order in which products read it.</summary>
/// <param name="Values">The packed elements.</param>
/// <param name="Columns">Outputs.</param>
/// <param name="Depth">Inputs.</param>
/// <param name="Kernels">The kernels whose order that is.</param>
internal sealed record PackedWeight(Tensor Values, int Columns, int Depth, object Kernels);
