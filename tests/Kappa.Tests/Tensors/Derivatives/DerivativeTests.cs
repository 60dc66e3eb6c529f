using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Derivatives;

public sealed class DerivativeTests
{
    [Theory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void Gradients_agree_with_central_differences_in_double_precision(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = DerivativeCases.Named(name);
        var values = entry.DrawInputs(seed: 1);
        var inputs = entry.Inputs(values, DataType.Float64, _ => true);
        var (_, cotangent) = Run(entry.Apply, inputs);
        double[][] numerical = Differences(entry, values, cotangent);
        for (int i = 0; i < inputs.Length; i++)
            AssertClose(numerical[i], Gradient(inputs[i]), 1e-8, $"{name}, input {i}");
    }

    [Theory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void The_gradient_of_one_input_does_not_depend_on_which_others_require_one(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = DerivativeCases.Named(name);
        var values = entry.DrawInputs(seed: 2);
        var all = entry.Inputs(values, DataType.Float64, _ => true);
        _ = Run(entry.Apply, all);
        for (int only = 0; only < all.Length; only++)
        {
            var inputs = entry.Inputs(values, DataType.Float64, i => i == only);
            _ = Run(entry.Apply, inputs);
            for (int i = 0; i < all.Length; i++)
            {
                if (i == only)
                    Assert.Equal(Gradient(all[i]), Gradient(inputs[i]));
                else
                    Assert.Null(inputs[i].Gradient);
            }
        }
    }

    [Theory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void Single_precision_agrees_with_double_precision(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = DerivativeCases.Named(name);
        var values = entry.DrawInputs(seed: 3);
        var singles = entry.Inputs(values, DataType.Float32, _ => true);
        var doubles = entry.Inputs(values, DataType.Float64, _ => true);
        var (outputOfSingles, _) = Run(entry.Apply, singles);
        var (outputOfDoubles, _) = Run(entry.Apply, doubles);
        Assert.Equal(DataType.Float32, outputOfSingles.DataType);
        Assert.Equal(outputOfDoubles.Shape, outputOfSingles.Shape);
        AssertClose(outputOfDoubles.ToArray<double>(), outputOfSingles.To(DataType.Float64).ToArray<double>(), 5e-6, name);
        for (int i = 0; i < singles.Length; i++)
            AssertClose(Gradient(doubles[i]), Gradient(singles[i]), 5e-6, $"{name}, input {i}");
    }

    [Theory]
    [MemberData(nameof(DerivativeCases.FusedNames), MemberType = typeof(DerivativeCases))]
    public void A_fused_operation_agrees_with_its_decomposition(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = DerivativeCases.Named(name);
        var values = entry.DrawInputs(seed: 4);
        var fused = entry.Inputs(values, DataType.Float64, _ => true);
        var plain = entry.Inputs(values, DataType.Float64, _ => true);
        var (fusedOutput, _) = Run(entry.Apply, fused);
        var (plainOutput, _) = Run(entry.Decomposition!, plain);
        Assert.Equal(plainOutput.Shape, fusedOutput.Shape);
        AssertClose(plainOutput.ToArray<double>(), fusedOutput.ToArray<double>(), 1e-12, name);
        for (int i = 0; i < fused.Length; i++)
            AssertClose(Gradient(plain[i]), Gradient(fused[i]), 1e-12, $"{name}, input {i}");
    }

    /// <summary>The output, after a backward pass from a fixed cotangent.</summary>
    private static (Tensor Output, Tensor Cotangent) Run(Func<Tensor[], Tensor> function, Tensor[] inputs)
    {
        var output = function(inputs);
        var cotangent = Tensor.Normal(output.Shape, new Philox(17), type: DataType.Float64);
        using var typed = cotangent.To(output.DataType);
        output.Backward(typed);
        return (output, cotangent);
    }

    /// <summary>The gradient of sum(cotangent * f) by differences of fourth order, whose truncation error is near 1e-12 here.</summary>
    private static double[][] Differences(DerivativeCase entry, double[][] values, Tensor cotangent)
    {
        const double Step = 5e-4;
        using var quiet = NoGradient.Begin();
        double Evaluate()
        {
            using var scope = TensorScope.Begin();
            var output = entry.Apply(entry.Inputs(values, DataType.Float64, _ => false)).ToArray<double>();
            return output.Zip(cotangent.ToArray<double>(), (a, b) => a * b).Sum();
        }

        double At(ref double element, double shift)
        {
            double old = element;
            element = old + shift;
            double result = Evaluate();
            element = old;
            return result;
        }

        return [.. values.Select(input => input.Select((_, i) =>
            ((8 * (At(ref input[i], Step) - At(ref input[i], -Step))) - (At(ref input[i], 2 * Step) - At(ref input[i], -2 * Step))) / (12 * Step)).ToArray())];
    }

    private static double[] Gradient(Tensor input)
    {
        Assert.NotNull(input.Gradient);
        Assert.Equal(input.Shape, input.Gradient.Shape);
        Assert.Equal(input.DataType, input.Gradient.DataType);
        return input.Gradient.To(DataType.Float64).ToArray<double>();
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Select(Math.Abs).Append(1).Max();
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"{what}: expected {expected[i]:R}, got {actual[i]:R} at {i}");
    }
}
