using Kappa.Tensors;

namespace Kappa.Checkpoints;

/// <summary>A tensor that was loaded.</summary>
/// <param name="Source">Its name in the file.</param>
/// <param name="Own">Its name in the model.</param>
/// <param name="Shape">Its shape in the model.</param>
/// <param name="SourceType">Its type in the file; F16 and BF16 are read as Float32, exactly.</param>
/// <param name="IsTransposed">Whether it was turned.</param>
public sealed record ImportedTensor(string Source, string Own, Shape Shape, SafeTensorsType SourceType, bool IsTransposed);
