using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Diagnostics;

/// <summary>Asks a model for its summary.</summary>
public static class SummaryExtensions
{
    /// <summary>The modules of a model with shapes, parameters and costs: <c>Console.WriteLine(model.Summary([32, 784]))</c>.</summary>
    /// <inheritdoc cref="ModelSummary.Of"/>
    public static ModelSummary Summary(this Module model, Shape inputShape, DataType? inputType = null) => ModelSummary.Of(model, inputShape, inputType);
}
