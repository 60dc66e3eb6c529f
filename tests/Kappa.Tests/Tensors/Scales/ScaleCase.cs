using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Scales;

/// <summary>One function, and the scales of its inputs and of the gradient at its output to try it at.</summary>
/// <param name="Name">What failures call it; unique.</param>
/// <param name="Shapes">The shapes of its inputs.</param>
/// <param name="Scales">The largest size of the elements of each input.</param>
/// <param name="GradientScale">That of the gradient at the output.</param>
/// <param name="Apply">The function.</param>
public sealed record ScaleCase(string Name, Shape[] Shapes, double[] Scales, double GradientScale, Func<Tensor[], Tensor> Apply)
{
    /// <summary>What changes of gradients may be off by besides: where they are what is left of larger terms, of which the rounding of the output
    /// shows.</summary>
    public double Slack { get; init; }

    /// <summary>Inputs that are floats, so that both precisions start from the same numbers; no two alike in a row.</summary>
    public double[][] DrawInputs() => [.. Shapes.Select((shape, i) => Draw(shape.Count, Scales[i], new Philox(1).Split(Name).Split(i)))];

    /// <summary>The gradient at the output.</summary>
    public double[] DrawGradient(int count) => Draw(count, GradientScale, new Philox(2).Split(Name));

    /// <summary>A direction for each input, of its size.</summary>
    public double[][] DrawDirections() => [.. Shapes.Select((shape, i) => Draw(shape.Count, Scales[i], new Philox(3).Split(Name).Split(i)))];

    public override string ToString() => Name;

    private static double[] Draw(int count, double scale, Philox generator) =>
        [.. Enumerable.Range(0, count).Select(_ => (double)(float)(scale * (0.2 + (0.8 * generator.NextDouble())) * (generator.NextDouble() < 0.5 ? -1 : 1)))];
}
