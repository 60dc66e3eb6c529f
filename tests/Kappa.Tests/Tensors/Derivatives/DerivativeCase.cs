using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Derivatives;

/// <summary>One differentiable function and where to try it: the row of the table that every derivative test runs over.</summary>
/// <param name="Name">What failures call it; unique.</param>
/// <param name="Member">The public member it exercises.</param>
/// <param name="Shapes">The shapes of its inputs.</param>
/// <param name="Apply">The function.</param>
public sealed record DerivativeCase(string Name, string Member, Shape[] Shapes, Func<Tensor[], Tensor> Apply)
{
    /// <summary>Where the inputs are drawn from.</summary>
    public Domain Domain { get; init; } = Domain.AwayFromZero;

    /// <summary>The same function written in other operations, where it is a fused one.</summary>
    public Func<Tensor[], Tensor>? Decomposition { get; init; }

    /// <summary>Inputs that are floats, so that both precisions start from the same numbers.</summary>
    public double[][] DrawInputs(ulong seed)
    {
        var generator = new Philox(seed).Split(Name);
        return [.. Shapes.Select(shape => Domain == Domain.Distinct ? Distinct(shape.Count, generator) : Draw(shape.Count, generator))];
    }

    /// <summary>The inputs as tensors.</summary>
    public Tensor[] Inputs(double[][] values, DataType type, Func<int, bool> requiresGradient) =>
        [.. values.Select((value, index) =>
        {
            var tensor = Tensor.From(value, Shapes[index]).To(type);
            if (requiresGradient(index))
                tensor.RequiresGradient = true;
            return tensor;
        })];

    public override string ToString() => Name;

    private double[] Draw(int count, Philox generator) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        double value = 0.4 + (1.1 * generator.NextDouble());
        return (double)(float)(Domain == Domain.Positive || generator.NextDouble() < 0.5 ? value : -value);
    })];

    private static double[] Distinct(int count, Philox generator)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        generator.Shuffle(order);
        return [.. order.Select(i => (double)(float)(0.1 * (i - (count / 2.0))))];
    }
}

/// <summary>Where the inputs of a case are drawn from, so that central differences stay off kinks and poles.</summary>
public enum Domain
{
    /// <summary>Both signs, at least 0.4 from zero.</summary>
    AwayFromZero,

    /// <summary>At least 0.4.</summary>
    Positive,

    /// <summary>All elements at least 0.1 apart.</summary>
    Distinct,
}
