using Kappa.Diagnostics;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tests.LinearAlgebra;

namespace Kappa.Tests.Isometry;

/// <summary>Networks that are isometric by construction: orthogonal weights, and activations that only sort.</summary>
public sealed class IsometricNetworkTests
{
    [Theory]
    [InlineData("maxmin", DataType.Float32, 1e-4)]
    [InlineData("maxmin", DataType.Float64, 1e-12)]
    [InlineData("groupsort", DataType.Float32, 1e-4)]
    [InlineData("groupsort", DataType.Float64, 1e-12)]
    public void Square_orthogonal_layers_with_sorting_have_end_to_end_singular_values_of_one(string activation, DataType type, double tolerance)
    {
        var model = Make(activation, [48, 48, 48, 48, 48], type);
        for (ulong seed = 0; seed < 3; seed++)
        {
            var spectrum = JacobianSpectrum.Dense(model.Forward, Tensor.Normal([1, 48], new Philox(seed), type: type));
            Assert.All(spectrum.Values, value => Assert.InRange(value, 1 - tolerance, 1 + tolerance));
        }
    }

    [Theory]
    [InlineData("maxmin")]
    [InlineData("groupsort")]
    public void Orthogonal_layers_of_any_shape_with_sorting_are_one_Lipschitz(string activation)
    {
        var model = Make(activation, [20, 64, 12, 40, 8], DataType.Float64);
        var generator = new Philox(4);
        for (int pair = 0; pair < 200; pair++)
        {
            using var scope = TensorScope.Begin();
            using var quiet = NoGradient.Begin();
            var x = Tensor.Normal([1, 20], generator, 0, 3, DataType.Float64);
            var y = x + Tensor.Normal([1, 20], generator, 0, Math.Pow(10, -(pair % 5)), DataType.Float64);
            double before = (x - y).Square().Sum().ToDouble();
            double after = (model.Forward(x) - model.Forward(y)).Square().Sum().ToDouble();
            Assert.True(after <= before * (1 + 1e-9), $"pair {pair}: the distance went from {Math.Sqrt(before)} to {Math.Sqrt(after)}");
        }

        Assert.InRange(JacobianSpectrum.Dense(model.Forward, Tensor.Normal([1, 20], generator, type: DataType.Float64)).Largest, 0, 1 + 1e-12);
    }

    [Fact]
    public void With_ReLU_in_their_place_they_are_not_isometric()
    {
        var model = Make("relu", [48, 48, 48, 48, 48], DataType.Float64);
        var spectrum = JacobianSpectrum.Dense(model.Forward, Tensor.Normal([1, 48], new Philox(1), type: DataType.Float64));
        Assert.InRange(spectrum.Largest, 0, 1 + 1e-12);
        Assert.InRange(spectrum.Smallest, 0, 0.2);
    }

    [Fact]
    public void The_gain_is_the_singular_value_for_convolutions_too()
    {
        var layer = new Conv2d(4, 24, 3, initializer: new OrthogonalInitializer(Math.Sqrt(2)));
        Assert.All(SingularValues.Of(layer.Weight), value => Assert.Equal(Math.Sqrt(2), value, 1e-5));
    }

    private static Sequential Make(string activation, int[] sizes, DataType type)
    {
        var modules = new List<Module>();
        for (int i = 0; i + 1 < sizes.Length; i++)
        {
            modules.Add(new Linear(sizes[i], sizes[i + 1], initializer: new OrthogonalInitializer(), type: type));
            if (i + 2 < sizes.Length)
                modules.Add(activation switch { "maxmin" => new MaxMin(), "relu" => new ReLU(), _ => new GroupSort(4) });
        }

        var model = new Sequential([.. modules]);
        _ = model.Initialize(new Philox(7));
        return model;
    }
}
