using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Scales;

/// <summary>
/// Values and derivatives in single precision against double, whose range holds every intermediate, from the same inputs: whatever the scale, a result that
/// float32 can hold is right to a few roundings of the largest in its tensor. That the double ones are right themselves is what the derivative tests show.
/// </summary>
public sealed class ScaleTests
{
    private const double Tolerance = 4e-6;

    /// <summary>Results that are all beyond this are out of range; smaller ones count.</summary>
    private const double Largest = 3.3e38;

    [Theory]
    [MemberData(nameof(ScaleCases.Names), MemberType = typeof(ScaleCases))]
    public void Values_and_gradients_are_right_at_any_scale(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = ScaleCases.Named(name);
        var (exact, single) = (Inputs(entry, DataType.Float64), Inputs(entry, DataType.Float32));
        var (exactOutput, singleOutput) = (entry.Apply(exact), entry.Apply(single));
        AssertClose(exactOutput, singleOutput, $"{name}, value");
        double[] gradient = entry.DrawGradient(exactOutput.Count);
        exactOutput.Backward(Tensor.From(gradient, exactOutput.Shape));
        singleOutput.Backward(Tensor.From(gradient, exactOutput.Shape).To(DataType.Float32));
        for (int i = 0; i < exact.Length; i++)
            AssertClose(exact[i].Gradient!, single[i].Gradient!, $"{name}, gradient {i}");
    }

    [Theory]
    [MemberData(nameof(ScaleCases.Names), MemberType = typeof(ScaleCases))]
    public void Tangents_and_changes_of_gradients_are_right_at_any_scale(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = ScaleCases.Named(name);
        var (exact, single) = (Inputs(entry, DataType.Float64), Inputs(entry, DataType.Float32));
        double[][] directions = entry.DrawDirections();
        var (value, tangent) = Differentiate.Jvp(() => entry.Apply(exact), exact, Typed(entry, directions, DataType.Float64));
        var (_, singleTangent) = Differentiate.Jvp(() => entry.Apply(single), single, Typed(entry, directions, DataType.Float32));
        AssertClose(tangent, singleTangent, $"{name}, tangent");
        // A gradient is the derivative of a scalar here, which has to be in range, as the tangents that come by have to.
        double[] gradient = entry.DrawGradient(value.Count);
        if (!IsInRange(value.ToArray<double>().Zip(gradient, (y, g) => y * g * value.Count)) || !IsInRange(value.ToArray<double>())
            || !IsInRange(tangent.ToArray<double>()))
        {
            return;
        }

        var (changes, singleChanges) = (Changes(entry, exact, directions, gradient), Changes(entry, single, directions, gradient));
        for (int i = 0; i < exact.Length; i++)
            AssertClose(changes[i], singleChanges[i], $"{name}, change of gradient {i}", entry.Slack);
    }

    private static IReadOnlyList<Tensor> Changes(ScaleCase entry, Tensor[] inputs, double[][] directions, double[] gradient)
    {
        var type = inputs[0].DataType;
        Tensor Scalar()
        {
            var output = entry.Apply(inputs);
            return (output * Tensor.From(gradient, output.Shape).To(type)).Sum();
        }

        return Differentiate.HessianVectorProduct(Scalar, inputs, Typed(entry, directions, type)).Products;
    }

    private static Tensor[] Typed(ScaleCase entry, double[][] values, DataType type) =>
        [.. values.Select((value, i) => Tensor.From(value, entry.Shapes[i]).To(type))];

    private static bool IsInRange(IEnumerable<double> values) => values.All(value => Math.Abs(value) < Largest);

    private static Tensor[] Inputs(ScaleCase entry, DataType type) =>
        [.. entry.DrawInputs().Select((values, i) =>
        {
            var tensor = Tensor.From(values, entry.Shapes[i]).To(type);
            tensor.RequiresGradient = true;
            return tensor;
        })];

    private static void AssertClose(Tensor exact, Tensor single, string what, double slack = 0)
    {
        double[] expected = exact.ToArray<double>(), actual = single.To(DataType.Float64).ToArray<double>();
        double size = expected.Select(Math.Abs).Append(0).Max();
        if (size > Largest || !double.IsFinite(size))
            return;
        for (int i = 0; i < expected.Length; i++)
        {
            // Below the smallest normal number a float has fewer digits.
            double allowed = (Tolerance * size) + (4 * float.Epsilon) + slack;
            Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed, $"{what}: expected {expected[i]:R}, got {actual[i]:R} at {i}, the largest is {size:G3}");
        }
    }
}
