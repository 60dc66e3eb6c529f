using Kappa.Networks.Activations;
using Kappa.Networks.Initializers;
using Kappa.Networks.Layers;
using Kappa.Tensors;

namespace Kappa.Tests.Tensors.Range;

/// <summary>NaN that goes in comes out, through everything that compares or selects, forwards and backwards; infinities where the limit says so.</summary>
public sealed class NaNTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Functions = new()
    {
        ["relu"] = x => x.Relu(),
        ["squared-relu"] = x => x.SquaredRelu(),
        ["abs"] = x => x.Abs(),
        ["tanh"] = x => x.Tanh(),
        ["sigmoid"] = x => x.Sigmoid(),
        ["gelu"] = x => x.Gelu(),
        ["erf"] = x => x.Erf(),
        ["silu"] = x => x.Silu(),
        ["leaky-relu"] = x => new LeakyReLU().Forward(x),
        ["leaky-relu-0"] = x => new LeakyReLU(0).Forward(x),
        ["prelu"] = x => new PReLU(type: x.DataType).Forward(x),
        ["crelu"] = x => new CReLU().Forward(x),
        ["max-min"] = x => new MaxMin().Forward(x),
        ["group-sort"] = x => new GroupSort(3).Forward(x),
        ["max"] = x => x.Max(1),
        ["max-rows"] = x => x.Max(0),
        ["max-pool"] = x => x.Reshape([1, 1, 6, 6]).MaxPool2d(2),
        ["max-pool-3"] = x => x.Reshape([1, 1, 6, 6]).MaxPool2d(3, 1),
        ["avg-pool"] = x => x.Reshape([1, 1, 6, 6]).AvgPool2d(2),
    };

    public static TheoryData<string, DataType> Cases
    {
        get
        {
            var cases = new TheoryData<string, DataType>();
            foreach (string name in Functions.Keys)
            {
                cases.Add(name, DataType.Float32);
                cases.Add(name, DataType.Float64);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void NaN_comes_out_and_has_a_derivative_of_NaN_or_of_what_selects_it(string name, DataType type)
    {
        for (int bad = 0; bad < 36; bad++)
        {
            double[] values = [.. Enumerable.Range(0, 36).Select(i => i == bad ? double.NaN : ((i * 7) % 36) - 17.5)];
            var x = Tensor.From(values, [6, 6]).To(type);
            x.RequiresGradient = true;
            using var recorded = new RecordedFunction(() => Functions[name](x), [x]);
            Assert.Contains(recorded.Value.To(DataType.Float64).ToArray<double>(), double.IsNaN);
            double slope = recorded.Vjp(Tensor.Ones(recorded.Value.Shape, type))[0].To(DataType.Float64).ToArray<double>()[bad];
            Assert.True(double.IsNaN(slope) || slope > 0, $"the slope at NaN is {slope}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Infinities_never_make_NaN(string name, DataType type)
    {
        double[] values = [.. Enumerable.Range(0, 36)
            .Select(i => i == 7 ? double.PositiveInfinity : i == 22 ? double.NegativeInfinity : ((i * 7) % 36) - 17.5)];
        var x = Tensor.From(values, [6, 6]).To(type);
        x.RequiresGradient = true;
        using var recorded = new RecordedFunction(() => Functions[name](x), [x]);
        Assert.DoesNotContain(recorded.Value.To(DataType.Float64).ToArray<double>(), double.IsNaN);
        Assert.DoesNotContain(recorded.Vjp(Tensor.Ones(recorded.Value.Shape, type))[0].To(DataType.Float64).ToArray<double>(), double.IsNaN);
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void Sorting_puts_NaN_where_the_largest_number_goes(DataType type)
    {
        var x = Tensor.From([2, double.NaN, 1, -3], [1, 4]).To(type);
        Assert.Equal([-3, 1, 2, double.NaN], x.GroupSort(4).To(DataType.Float64).ToArray<double>());
        Assert.Equal([double.NaN, 2, 1, -3], x.MaxMin().To(DataType.Float64).ToArray<double>());
    }

    [Theory]
    [InlineData(1e-46)]
    [InlineData(1e39)]
    [InlineData(double.NaN)]
    [InlineData(-1e-5)]
    public void An_epsilon_of_a_norm_that_the_type_does_not_hold_is_refused(double epsilon)
    {
        string expected = "epsilon takes 0, or a number from 1.1754943508222875E-38 on, in Float32; got ";
        Action[] makers =
        [
            () => _ = new LayerNorm(4, epsilon: epsilon), () =>
                _ = new RMSNorm(4, epsilon: epsilon), () => _ = new BatchNorm1d(4, epsilon: epsilon), () => _ = new BatchNorm2d(4, epsilon: epsilon),
            () => _ = Tensor.Ones([2, 4]).LayerNorm(epsilon), () =>
                _ = Tensor.Ones([2, 4]).RmsNorm(epsilon), () => _ = Tensor.Ones([2, 4]).BatchNorm(null, null, epsilon),
        ];
        Assert.All(makers, make => Assert.Contains(expected, Assert.Throws<ArgumentOutOfRangeException>(make).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_initialiser_whose_gain_leaves_the_type_changes_nothing()
    {
        var weight = Tensor.Zeros([3, 4]);
        Assert.Contains(
            "OrthogonalInitializer: a value of",
            Assert.Throws<NonFiniteException>(() => new OrthogonalInitializer(1e39).Fill(weight, new Kappa.Randomness.Philox(1))).Message,
            StringComparison.Ordinal);
        Assert.All(weight.ToArray<float>(), value => Assert.Equal(0, value));
    }
}
