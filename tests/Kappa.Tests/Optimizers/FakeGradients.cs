using Kappa.Networks;
using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Optimizers;

/// <summary>Parameters of several shapes whose gradients are drawn at random: optimizers see nothing but gradients.</summary>
internal sealed class FakeGradients
{
    private readonly DataType _type;

    public FakeGradients(DataType type, params Shape[] shapes)
    {
        _type = type;
        var generator = new Philox(7);
        Shape[] used = shapes.Length > 0 ? shapes : [[5, 7], [3], [37]];
        Parameters = [.. used.Select((shape, index) =>
        {
            var tensor = Tensor.Normal(shape, generator, type: type);
            tensor.RequiresGradient = true;
            return new Parameter($"p{index}", tensor);
        })];
    }

    public Parameter[] Parameters { get; }

    public double[][] Values() => [.. Parameters.Select(p => Read(p.Tensor))];

    public double[][] Zeros() => [.. Parameters.Select(p => new double[p.Tensor.Count])];

    /// <summary>Gives every parameter the gradient of one step, and returns them.</summary>
    public double[][] Draw(int step, double scale = 1)
    {
        var generator = new Philox(11).Split($"{step}");
        return [.. Parameters.Select(p =>
        {
            using var gradient = Tensor.Normal(p.Tensor.Shape, generator, 0, scale, _type);
            Set(p.Tensor, gradient);
            return Read(gradient);
        })];
    }

    /// <summary>Replaces the gradient of a parameter.</summary>
    public static void Set(Tensor parameter, Tensor gradient)
    {
        parameter.ZeroGrad();
        parameter.Backward(gradient);
    }

    public void AssertValues(double[][] expected, double tolerance)
    {
        for (int p = 0; p < expected.Length; p++)
        {
            double[] actual = Read(Parameters[p].Tensor);
            for (int i = 0; i < actual.Length; i++)
                Assert.Equal(expected[p][i], actual[i], tolerance);
        }
    }

    public static double[] Read(Tensor tensor) => tensor.To(DataType.Float64).ToArray<double>();
}
