using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Tensors.Derivatives;

namespace Kappa.Tests.Tensors.Changes;

/// <summary>A value that changes between the way forwards and a derivative: either an error, or the derivative at the values of the way forwards.</summary>
public sealed class ChangedValueTests
{
    /// <summary>Members whose derivatives read no values: changes are legal.</summary>
    private static readonly string[] WithoutValues =
    [
        "op_Addition", "op_Subtraction", "op_UnaryNegation", "Identity", nameof(Tensor.Sum), nameof(Tensor.Mean), nameof(Tensor.Reshape), nameof(Tensor.Slice),
            nameof(Tensor.Concat),
        nameof(Tensor.Transpose), nameof(Tensor.AvgPool2d), nameof(Tensor.GlobalAvgPool2d), nameof(Tensor.MaxPool2d), nameof(Tensor.Max),
            nameof(Tensor.GroupSort), nameof(Tensor.MaxMin),
        nameof(Tensor.Gather), nameof(Tensor.Rotate),
    ];

    [Theory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void A_gradient_is_right_or_an_error(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = DerivativeCases.Named(name);
        double[][] values = entry.DrawInputs(seed: 5);
        // All inputs require a gradient, or one of them alone.
        for (int wanted = -1; wanted < (values.Length > 1 ? values.Length : 0); wanted++)
        {
            double[]?[] expected = Gradients(entry, Inputs(entry, values, wanted), null, out _)!;
            foreach (var (target, change) in TargetsAndChanges(values.Length))
            {
                if (change == ChangeOfValues.Step && wanted >= 0 && wanted != target)
                    continue;
                var inputs = Inputs(entry, values, wanted);
                var found = Gradients(entry, inputs, Changes.Prepare(change, inputs[target]), out var error);
                AssertRightOrRefused(expected, found, error, inputs, $"{name}, {change} of input {target}, gradient of {(wanted < 0 ? "all" : wanted)}");
                if (change == ChangeOfValues.Copy && WithoutValues.Contains(entry.Member))
                    Assert.Null(error);
            }
        }
    }

    [Theory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void A_gradient_is_right_or_an_error_when_the_output_changes(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = DerivativeCases.Named(name);
        double[][] values = entry.DrawInputs(seed: 6);
        double[]?[] expected = Gradients(entry, Inputs(entry, values, -1), null, out _)!;
        foreach (var change in Enum.GetValues<ChangeOfValues>().Except([ChangeOfValues.Step]))
        {
            var inputs = Inputs(entry, values, -1);
            var output = entry.Apply(inputs);
            Changes.Prepare(change, output)();
            var error = Record.Exception(() => output.Backward(Cotangent(output)));
            AssertRightOrRefused(expected, error is null ? ReadGradients(inputs) : null, error, inputs, $"{name}, {change} of the output");
        }
    }

    [Theory]
    [MemberData(nameof(DerivativeCases.Names), MemberType = typeof(DerivativeCases))]
    public void Products_of_a_recorded_function_are_right_or_an_error(string name)
    {
        using var scope = TensorScope.Begin();
        var entry = DerivativeCases.Named(name);
        double[][] values = entry.DrawInputs(seed: 7);
        foreach (var (kind, product) in Products)
        {
            double[][] expected = Product(entry, Inputs(entry, values, -1), product, null, out _)!;
            foreach (var (target, change) in TargetsAndChanges(values.Length))
            {
                var inputs = Inputs(entry, values, -1);
                var found = Product(entry, inputs, product, Changes.Prepare(change, inputs[target]), out var error);
                string what = $"{name}, {kind}, {change} of input {target}";
                if (found is null)
                    AssertSaysWhat(error, inputs, what);
                else
                    AssertSame(expected, found, what);
            }
        }
    }

    private static readonly (string Kind, Func<RecordedFunction, Tensor[], IEnumerable<Tensor>> Product)[] Products =
    [
        ("Jvp", (recorded, leaves) => [recorded.Jvp(Directions(leaves, null))]),
        ("Jvp of two", (recorded, leaves) => [recorded.Jvp(Directions(leaves, 2))]),
        ("Vjp", (recorded, _) => recorded.Vjp(Cotangent(recorded.Value))),
        ("Vjp of two", (recorded, _) => recorded.Vjp(Tensor.Normal(recorded.Value.Shape.Prepend(2), new Philox(8), type: DataType.Float64))),
        ("Hessian", (recorded, leaves) =>
        {
            // Of the sum of squares, so that every function is curved.
            var product = recorded.HessianProduct(Directions(leaves, 2), withGradient: true);
            return product.Products.Concat(product.Gradient!);
        }),
    ];

    private static double[][]? Product(
        DerivativeCase entry, Tensor[] inputs, Func<RecordedFunction, Tensor[], IEnumerable<Tensor>> product, Action? change, out Exception? error)
    {
        bool isHessian = product == Products[^1].Product;
        using var recorded = new RecordedFunction(() => isHessian ? entry.Apply(inputs).Square().Sum() : entry.Apply(inputs), inputs);
        change?.Invoke();
        double[][]? result = null;
        error = Record.Exception(() => result = [.. product(recorded, inputs).Select(tensor => tensor.ToArray<double>())]);
        return result;
    }

    private static IEnumerable<(int Target, ChangeOfValues Change)> TargetsAndChanges(int inputs) =>
        Enumerable.Range(0, inputs).SelectMany(_ => Enum.GetValues<ChangeOfValues>(), (target, change) => (target, change));

    private static Tensor[] Inputs(DerivativeCase entry, double[][] values, int wanted) =>
        entry.Inputs(values, DataType.Float64, i => wanted < 0 || i == wanted);

    private static Tensor[] Directions(Tensor[] leaves, int? count) =>
        [.. leaves.Select((leaf, i) => Tensor.Normal(count is { } k ? leaf.Shape.Prepend(k) : leaf.Shape, new Philox(9).Split(i), type: DataType.Float64))];

    private static Tensor Cotangent(Tensor output) => Tensor.Normal(output.Shape, new Philox(17), type: DataType.Float64);

    private static double[]?[]? Gradients(DerivativeCase entry, Tensor[] inputs, Action? change, out Exception? error)
    {
        var output = entry.Apply(inputs);
        change?.Invoke();
        error = Record.Exception(() => output.Backward(Cotangent(output)));
        return error is null ? ReadGradients(inputs) : null;
    }

    private static double[]?[] ReadGradients(Tensor[] inputs) => [.. inputs.Select(input => input.Gradient?.ToArray<double>())];

    private static void AssertRightOrRefused(double[]?[] expected, double[]?[]? found, Exception? error, Tensor[] inputs, string what)
    {
        if (found is not null)
        {
            AssertSame(expected, found, what);
            return;
        }

        AssertSaysWhat(error, inputs, what);
        Assert.All(inputs, input => Assert.True(input.Gradient is null, $"{what}: a gradient was half written"));
    }

    private static void AssertSame(double[]?[] expected, double[]?[] found, string what)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.True((expected[i] ?? []).AsSpan().SequenceEqual(found[i] ?? []), $"{what}: number {i} is wrong");
    }

    private static void AssertSaysWhat(Exception? error, Tensor[] inputs, string what)
    {
        var refused = Assert.IsType<InvalidOperationException>(error);
        Assert.True(refused.Message.Contains("has changed since", StringComparison.Ordinal) && refused.Message.Contains("Clone()", StringComparison.Ordinal),
            $"{what}: {refused.Message}");
        Assert.NotEmpty(inputs);
    }
}
