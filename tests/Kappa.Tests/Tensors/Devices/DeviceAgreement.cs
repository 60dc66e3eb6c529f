using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.Tensors.Derivatives;

namespace Kappa.Tests.Tensors.Devices;

/// <summary>A device against the host, whose kernels the tables hold against closed forms and central differences.</summary>
internal static class DeviceAgreement
{
    private const int Count = 2;

    /// <summary>A function of the table: its value, gradients, products with the Jacobian, its transpose and the Hessian, all of them.</summary>
    internal static void Require(DerivativeCase entry, Device device, DataType type, double tolerance)
    {
        using var scope = TensorScope.Begin();
        double[][] values = entry.DrawInputs(seed: 9);
        var expected = Everything(entry, values, type, Device.Cpu);
        var actual = Everything(entry, values, type, device);
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var (what, numbers) in expected)
            RequireClose(numbers, actual[what], tolerance, $"{entry.Name} on {device}: {what}");
    }

    /// <summary>Numbers that agree up to a share of the largest.</summary>
    internal static void RequireClose(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Select(Math.Abs).Append(1).Max();
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * scale, $"{what}: expected {expected[i]:R}, got {actual[i]:R} at {i}");
    }

    private static Dictionary<string, double[]> Everything(DerivativeCase entry, double[][] values, DataType type, Device device)
    {
        Tensor On(Tensor tensor) => tensor.To(type).To(device);
        var inputs = Array.ConvertAll(entry.Inputs(values, type, _ => false), input => input.To(device));
        foreach (var input in inputs)
            input.RequiresGradient = true;
        var output = entry.Apply(inputs);
        var cotangent = On(Tensor.Normal(output.Shape, new Philox(17), type: DataType.Float64));
        output.Backward(cotangent);
        var found = new Dictionary<string, double[]> { ["the value"] = Numbers(output) };
        Assert.Equal(device, output.Device);
        for (int i = 0; i < inputs.Length; i++)
            found[$"the gradient of input {i}"] = Numbers(inputs[i].Gradient!);

        Tensor[] directions = [.. inputs.Select((input, i) =>
            On(Tensor.Normal([Count, .. input.Shape.ToArray()], new Philox(100).Split(i), type: DataType.Float64)))];
        using var function = new RecordedFunction(() => entry.Apply(inputs), inputs);
        found["the tangents"] = Numbers(function.Jvp(directions));
        var cotangents = On(Tensor.Normal([Count, .. output.Shape.ToArray()], new Philox(3), type: DataType.Float64));
        var pulled = function.Vjp(cotangents);
        var weights = On(Tensor.Normal(output.Shape, new Philox(18), type: DataType.Float64));
        using var scalar = new RecordedFunction(() => Curved(entry.Apply(inputs), weights), inputs);
        var products = scalar.HessianProduct(directions).Products;
        for (int i = 0; i < inputs.Length; i++)
        {
            found[$"the cotangents of input {i}"] = Numbers(pulled[i]);
            found[$"the Hessian products at input {i}"] = Numbers(products[i]);
        }

        return found;
    }

    /// <summary>A scalar whose gradient at the output depends on the output.</summary>
    private static Tensor Curved(Tensor output, Tensor weights) => ((output * weights) + (0.5 * output.Square())).Sum();

    private static double[] Numbers(Tensor tensor) => tensor.To(DataType.Float64).ToArray<double>();
}
