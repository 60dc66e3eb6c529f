using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Tensors.Derivatives;

namespace Kappa.Tests.Tensors;

/// <summary>Tensors without elements: the right result, of the right shape and without NaN, or an error that says which operation got what.</summary>
public sealed class EmptyTensorTests
{
    public static TheoryData<string> Cases => [.. DerivativeCases.All.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_operation_on_axes_of_no_length(string name)
    {
        var entry = DerivativeCases.All.Single(candidate => candidate.Name == name);
        // Axes of one length are zeroed together, so that shapes go on fitting each other where they did.
        foreach (int length in entry.Shapes.SelectMany(shape => shape.ToArray()).Where(length => length > 0).Distinct())
        {
            Shape[] shapes = [.. entry.Shapes.Select(shape => new Shape(Array.ConvertAll(shape.ToArray(), axis => axis == length ? 0 : axis)))];
            Check($"{name} at {string.Join(" ", shapes)}", () => Run(shapes, entry.Apply));
        }
    }

    private static void Run(Shape[] shapes, Func<Tensor[], Tensor> function)
    {
        var generator = new Philox(1);
        Tensor[] leaves = [.. shapes.Select(shape => Tensor.Uniform(shape, generator, 0.5, 1.5, DataType.Float64))];
        foreach (var leaf in leaves)
            leaf.RequiresGradient = true;
        var result = function(leaves);
        Assert.Equal(-1, result.FirstNonFinite());
        result.Sum().Backward();
        foreach (var leaf in leaves)
            Assert.True(leaf.Gradient is null || leaf.Gradient.FirstNonFinite() < 0);
    }

    private static void Check(string what, Action run)
    {
        using var scope = TensorScope.Begin();
        var error = Record.Exception(run);
        bool isClear = error is null or TensorShapeException || (error is ArgumentException && error is not ArgumentOutOfRangeException { ActualValue: null });
        Assert.True(isClear, $"{what}: {error}");
    }
}
