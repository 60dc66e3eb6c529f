using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;

namespace Kappa.Tests.Rescaling;

public class PathLiftingTests
{
    public static TheoryData<string> Small() => ["mlp", "residual", "normalised", "convolution", "strided"];

    [Theory]
    [MemberData(nameof(Small))]
    public void The_lifting_itself_is_unchanged_path_by_path(string name)
    {
        var (model, input) = Create(name);
        var options = new RescalingOptions { InputShape = input };
        double[] before = PathLifting.Enumerate(model, options);
        _ = PathConditioning.Rescale(model, options);
        Same(before, PathLifting.Enumerate(model, options));
        _ = PathConditioning.ResetRandomly(model, new Philox(2), 1.5, options);
        Same(before, PathLifting.Enumerate(model, options));
        _ = EquiNormalization.Rescale(model, options);
        Same(before, PathLifting.Enumerate(model, options));
        Assert.Contains(before, path => path != 0);
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void The_norm_is_that_of_the_paths(string name)
    {
        var (model, input) = Create(name);
        // The mean over pixels is a factor of the network, which the published definition squares the weights around and not itself.
        if (name is "convolution" or "strided")
            return;
        var options = new RescalingOptions { InputShape = input };
        double expected = Math.Sqrt(PathLifting.Enumerate(model, options).Sum(path => path * path));
        Assert.Equal(expected, PathLifting.Norm(model, options), expected * 1e-12);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("residual")]
    [InlineData("normalised")]
    public void The_diagonal_of_the_gram_is_the_squared_derivative_of_every_path(string name)
    {
        var (model, input) = Create(name);
        var options = new RescalingOptions { InputShape = input };
        foreach (var (parameter, diagonal) in model.Parameters().Zip(PathLifting.GramDiagonal(model, options)))
        {
            Assert.Equal(parameter.Name, diagonal.Name);
            for (int i = 0; i < parameter.Tensor.Count; i++)
            {
                // A path is linear in each parameter, so the difference is the derivative whatever the step.
                ref double value = ref parameter.Tensor.Values<double>()[i];
                double original = value;
                value = original + 0.5;
                double[] above = PathLifting.Enumerate(model, options);
                value = original - 0.5;
                double[] below = PathLifting.Enumerate(model, options);
                value = original;
                double expected = above.Zip(below, (a, b) => (a - b) * (a - b)).Sum();
                Assert.Equal(expected, diagonal.Tensor.Values<double>()[i], 1e-10 * Math.Max(1, expected));
            }
        }
    }

    [Fact]
    public void Too_many_paths_are_refused_with_the_way_out()
    {
        var model = new Sequential(new Linear(100, 100), new ReLU(), new Linear(100, 100), new ReLU(), new Linear(100, 100));
        var error = Assert.Throws<NotSupportedException>(() => PathLifting.Enumerate(model));
        Assert.Contains("more than 1,000,000", error.Message, StringComparison.Ordinal);
        Assert.Contains("GramDiagonal take", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_norm_of_a_deep_network_of_huge_weights_is_right_where_the_sum_of_squares_overflows()
    {
        var model = new Sequential([.. Enumerable.Range(0, 7).Select(_ => new Linear(1, 1, bias: false, type: DataType.Float64))]);
        foreach (var parameter in model.Parameters())
            parameter.Tensor.Values<double>()[0] = 1e30;
        Assert.Equal(1e210, PathLifting.Norm(model), 1e198);
        var error = Assert.Throws<OverflowException>(() => PathLifting.GramDiagonal(model));
        Assert.Contains("0.weight", error.Message, StringComparison.Ordinal);
    }

    private static (Module Model, int[] Input) Create(string name)
    {
        const DataType Type = DataType.Float64;
        Linear Lin(int from, int to) => new(from, to, type: Type);
        (Module Model, int[] Input) made = name switch
        {
            "mlp" => (new Sequential(Lin(2, 3), new ReLU(), Lin(3, 3), new ReLU(), Lin(3, 2)), [2]),
            "residual" => (new Sequential(Lin(2, 3), new ReLU(), new Residual(new Sequential(Lin(3, 2), new ReLU(), Lin(2, 3))), new ReLU(), Lin(3, 2)), [2]),
            "normalised" => (new Sequential(Lin(2, 3), new BatchNorm1d(3, type: Type), new ReLU(), Lin(3, 2)), [2]),
            "convolution" =>
            (new Sequential(new Conv2d(1, 2, 3, padding: 1, type: Type), new ReLU(), new Conv2d(2, 2, 3, type: Type), new GlobalAvgPool2d()), [1, 3, 4]),
            _ => (new Sequential(new Conv2d(2, 2, 2, stride: 2, groups: 2, type: Type), new ReLU(), new AvgPool2d(2), new Flatten(), Lin(2, 2)), [2, 4, 4]),
        };
        _ = made.Model.Initialize(new Philox(4));
        foreach (var (key, tensor) in made.Model.StateDict())
        {
            if (tensor.Rank == 1 && key.StartsWith("1.", StringComparison.Ordinal))
                tensor.CopyFromInPlace(Tensor.From([.. Enumerable.Range(0, tensor.Count).Select(i => 0.4 + (0.3 * i))]));
        }

        return made;
    }

    private static void Same(double[] expected, double[] got)
    {
        Assert.Equal(expected.Length, got.Length);
        for (int i = 0; i < got.Length; i++)
            Assert.Equal(expected[i], got[i], 1e-12 * Math.Max(1e-3, Math.Abs(expected[i])));
    }
}
