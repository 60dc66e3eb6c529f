using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Derivatives;

/// <summary>Every registered function, forwards and to second order, in double precision.</summary>
public sealed class TangentTests
{
    private const int Count = 3;

    [Theory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void Jacobian_vector_products_agree_with_central_differences(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = DerivativeCases.Named(name);
        double[][] values = entry.DrawInputs(seed: 5);
        var inputs = Leaves(entry, values);
        var directions = Directions(inputs, null);
        var (value, tangent) = Differentiate.Jvp(() => entry.Apply(inputs), inputs, directions);
        Assert.Equal(value.Shape, tangent.Shape);
        double[] expected = Difference(values, directions, shifted => entry.Apply(entry.Inputs(shifted, DataType.Float64, _ => false)).ToArray<double>());
        AssertClose(expected, tangent.ToArray<double>(), 1e-8, name);
    }

    [Theory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void Hessian_products_agree_with_central_differences_of_gradients(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = DerivativeCases.Named(name);
        double[][] values = entry.DrawInputs(seed: 6);
        var inputs = Leaves(entry, values);
        var directions = Directions(inputs, null);
        var product = Differentiate.HessianVectorProduct(() => Curved(entry.Apply(inputs)), inputs, directions);
        for (int i = 0; i < inputs.Length; i++)
        {
            double[] expected = Difference(values, directions, shifted =>
            {
                var leaves = Leaves(entry, shifted);
                return Differentiate.Gradient(() => Curved(entry.Apply(leaves)), leaves).Gradient[i].ToArray<double>();
            });
            AssertClose(expected, product.Products[i].ToArray<double>(), 2e-8, $"{name}, input {i}");
        }
    }

    [Theory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void Products_of_a_batch_equal_those_one_by_one_whichever_inputs_move(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = DerivativeCases.Named(name);
        double[][] values = entry.DrawInputs(seed: 7);
        for (int subset = 1; subset < 1 << Math.Min(entry.Shapes.Length, 3); subset++)
        {
            var inputs = entry.Inputs(values, DataType.Float64, _ => true);
            Tensor[] leaves = [.. inputs.Where((_, i) => (subset & (1 << i)) != 0)];
            var batch = Directions(leaves, Count);
            using var scalar = new RecordedFunction(() => Curved(entry.Apply(inputs)), leaves);
            using var function = new RecordedFunction(() => entry.Apply(inputs), leaves);
            var cotangents = Tensor.Normal([Count, .. function.Value.Shape.ToArray()], new Philox(3), type: DataType.Float64);
            var (hessian, forward, backward) = (scalar.HessianProduct(batch, withGradient: true), function.Jvp(batch), function.Vjp(cotangents));
            for (int k = 0; k < Count; k++)
            {
                Tensor[] single = [.. batch.Select(direction => direction.Entry(k))];
                AssertClose(function.Jvp(single).ToArray<double>(), forward.Entry(k).ToArray<double>(), 1e-12, $"{name}, J v");
                for (int i = 0; i < leaves.Length; i++)
                {
                    AssertClose(scalar.HessianProduct(single).Products[i].ToArray<double>(), hessian.Products[i].Entry(k).ToArray<double>(), 1e-12,
                        $"{name}, H v, input {i}");
                    AssertClose(
                        function.Vjp(cotangents.Entry(k))[i].ToArray<double>(), backward[i].Entry(k).ToArray<double>(), 1e-12, $"{name}, u J, input {i}");
                }
            }

            var gradient = scalar.Gradient();
            for (int i = 0; i < leaves.Length; i++)
                AssertClose(gradient[i].ToArray<double>(), hessian.Gradient![i].ToArray<double>(), 1e-12, $"{name}, gradient {i}");
        }
    }

    [Theory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void Hessians_are_symmetric_and_agree_between_precisions(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = DerivativeCases.Named(name);
        double[][] values = entry.DrawInputs(seed: 8);
        var inputs = Leaves(entry, values);
        var (u, v) = (Directions(inputs, null, seed: 1), Directions(inputs, null, seed: 2));
        using var recorded = new RecordedFunction(() => Curved(entry.Apply(inputs)), inputs);
        var (hu, hv) = (recorded.HessianProduct(u).Products, recorded.HessianProduct(v).Products);
        Assert.Equal(Dot(v, hu), Dot(u, hv), 1e-10 * Math.Max(1, Math.Abs(Dot(v, hu))));

        var singles = entry.Inputs(values, DataType.Float32, _ => true);
        var product = Differentiate.HessianVectorProduct(
            () => Curved(entry.Apply(singles)), singles, [.. v.Select(direction => direction.To(DataType.Float32))]);
        for (int i = 0; i < inputs.Length; i++)
            AssertClose(hv[i].ToArray<double>(), product.Products[i].To(DataType.Float64).ToArray<double>(), 3e-5, $"{name}, input {i}");
    }

    /// <summary>A scalar whose gradient at the output depends on the output.</summary>
    private static Tensor Curved(Tensor output)
    {
        var weights = Tensor.Normal(output.Shape, new Philox(17), type: DataType.Float64).To(output.DataType);
        return ((output * weights) + (0.5 * output.Square())).Sum();
    }

    private static Tensor[] Leaves(DerivativeCase entry, double[][] values) => entry.Inputs(values, DataType.Float64, _ => true);

    private static Tensor[] Directions(Tensor[] leaves, int? count, int seed = 0) =>
        [.. leaves.Select((leaf, i) => Tensor.Normal(
            count is { } k ? [k, .. leaf.Shape.ToArray()] : leaf.Shape, new Philox((ulong)(100 + seed)).Split(i), type: DataType.Float64))];

    /// <summary>The derivative along a direction by differences of fourth order.</summary>
    private static double[] Difference(double[][] values, Tensor[] directions, Func<double[][], double[]> function)
    {
        const double Step = 5e-5;
        double[] At(double shift)
        {
            using var scope = TensorScope.Begin();
            return function([.. values.Select((value, i) => value.Zip(directions[i].ToArray<double>(), (x, d) => x + (shift * d)).ToArray())]);
        }

        var (near, far) = ((At(Step), At(-Step)), (At(2 * Step), At(-2 * Step)));
        return [.. near.Item1.Select((_, i) => ((8 * (near.Item1[i] - near.Item2[i])) - (far.Item1[i] - far.Item2[i])) / (12 * Step))];
    }

    private static double Dot(IReadOnlyList<Tensor> a, IReadOnlyList<Tensor> b) =>
        a.Zip(b, (x, y) => x.ToArray<double>().Zip(y.ToArray<double>(), (p, q) => p * q).Sum()).Sum();

    private static void AssertClose(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Select(Math.Abs).Append(1).Max();
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"{what}: expected {expected[i]:R}, got {actual[i]:R} at {i}");
    }
}
