using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Tests.Tensors.Range;

/// <summary>Every elementwise function and its derivatives over the whole range of its type, against arithmetic with 2400 binary digits.</summary>
public sealed class ElementwiseRangeTests
{
    private static readonly UnaryKernel[] Kernels =
    [
        UnaryKernel.Relu, UnaryKernel.SquaredRelu, UnaryKernel.Tanh, UnaryKernel.Sigmoid, UnaryKernel.Gelu, UnaryKernel.Silu, UnaryKernel.Exp, UnaryKernel.Log,
            UnaryKernel.Sqrt,
        UnaryKernel.Square, UnaryKernel.Abs, UnaryKernel.Reciprocal, UnaryKernel.Sin, UnaryKernel.Cos,
    ];

    public static TheoryData<string, int, DataType> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, DataType>();
            foreach (var kernel in Kernels)
            {
                foreach (var type in new[] { DataType.Float32, DataType.Float64 })
                {
                    for (int order = 0; order < (kernel is UnaryKernel.Relu or UnaryKernel.Abs ? 2 : 3); order++)
                        cases.Add(kernel.ToString(), order, type);
                }
            }

            return cases;
        }
    }

    public static TheoryData<string, string, DataType> FusedCases
    {
        get
        {
            var cases = new TheoryData<string, string, DataType>();
            foreach (var activation in Enum.GetValues<Activation>().Where(activation => activation != Activation.Identity))
            {
                foreach (string layer in new[] { "Linear", "Conv2d" })
                {
                    foreach (var type in new[] { DataType.Float32, DataType.Float64 })
                        cases.Add(activation.ToString(), layer, type);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_value_is_within_a_few_units_in_the_last_place_of_the_exact_one(string name, int order, DataType type)
    {
        var kernel = Enum.Parse<UnaryKernel>(name);
        // So many elements that the same number stands in whole vectors and in what is left over.
        double[] points = Points(type);
        double[] many = [.. Enumerable.Repeat(points, 3).SelectMany(point => point)];
        Compare(kernel, order, type, many, Run(kernel, order, Tensor.From(many).To(type)));
        for (int length = 1; length < 18; length += 4)
            Compare(kernel, order, type, points[..length], Run(kernel, order, Tensor.From(points[..length]).To(type)));
    }

    [Theory]
    [MemberData(nameof(FusedCases))]
    public void A_fused_layer_gives_what_the_function_alone_gives(string name, string layer, DataType type)
    {
        var kernel = Enum.Parse<UnaryKernel>(name);
        // A layer keeps the squares only: what it multiplies by is right wherever they neither vanish nor overflow.
        double largest = kernel == UnaryKernel.SquaredRelu ? 1e19 : double.PositiveInfinity,
            smallest = kernel == UnaryKernel.SquaredRelu ? type == DataType.Float32 ? 1e-18 : 1e-150 : 0;
        double[] points = [.. Enumerable.Repeat(Points(type), 3)
            .SelectMany(point => point).Where(point => !(Math.Abs(point) > largest && double.IsFinite(point)) && !(Math.Abs(point) < smallest && point != 0))];
        var x = Tensor.From(points).To(type);
        x.RequiresGradient = true;
        using var recorded = new RecordedFunction(() => Layer(x, layer, Enum.Parse<Activation>(name)), [x]);
        Compare(kernel, 0, type, points, Values(recorded.Value));
        // A layer's products turn infinities into NaN only where they did so before: one input, one output, a weight of one.
        Compare(kernel, 1, type, points, Values(recorded.Vjp(Tensor.Ones(recorded.Value.Shape, type))[0]));
        Compare(kernel, 1, type, points, Values(recorded.Jvp([Tensor.Ones(x.Shape, type)])));
        if (kernel == UnaryKernel.Relu)
            return;
        double[] finite = [.. points.Where(point => Math.Abs(point) < 1e6)];
        var leaf = Tensor.From(finite).To(type);
        leaf.RequiresGradient = true;
        using var sum = new RecordedFunction(() => Layer(leaf, layer, Enum.Parse<Activation>(name)).Sum(), [leaf]);
        Compare(kernel, 2, type, finite, Values(sum.HessianProduct([Tensor.Ones(leaf.Shape, type)]).Products[0]));
    }

    [Theory]
    [InlineData(DataType.Float32)]
    [InlineData(DataType.Float64)]
    public void An_element_has_the_same_bits_wherever_it_stands(DataType type)
    {
        double[] points = Points(type);
        foreach (var kernel in Kernels.Except([UnaryKernel.Exp, UnaryKernel.Log]))
        {
            double[] whole = Run(kernel, 0, Tensor.From(points).To(type));
            for (int i = 0; i < points.Length; i++)
                Assert.Equal(whole[i], Run(kernel, 0, Tensor.From([points[i]]).To(type))[0]);
        }
    }

    private static Tensor Layer(Tensor x, string layer, Activation activation) => layer == "Linear"
        ? x.Reshape([x.Count, 1]).Linear(Tensor.Ones([1, 1], x.DataType), Tensor.Zeros([1], x.DataType), activation).Reshape(x.Shape)
        : x.Reshape([x.Count, 1, 1, 1]).Conv2d(Tensor.Ones([1, 1, 1, 1], x.DataType), Tensor.Zeros([1], x.DataType), activation: activation).Reshape(x.Shape);

    private static double[] Run(UnaryKernel kernel, int order, Tensor x)
    {
        var backend = Device.Cpu.Backend;
        var (y, result, one) = (Tensor.Zeros(x.Shape, x.DataType), Tensor.Zeros(x.Shape, x.DataType), Tensor.Ones(x.Shape, x.DataType));
        backend.Unary(kernel, x, y);
        if (order == 0)
            return Values(y);
        if (order == 1)
            backend.UnaryDerivative(kernel, x, y, one, result);
        else
            backend.UnarySecondDerivative(kernel, x, y, one, one, result, accumulate: false);
        return Values(result);
    }

    private static double[] Points(DataType type)
    {
        double smallest = type == DataType.Float32 ? 1.17549435e-38 : 2.2250738585072014e-308,
            least = type == DataType.Float32 ? float.Epsilon : double.Epsilon;
        double[] positive =
        [
            0, least, 7 * least, smallest / 3, smallest, 1e-30, 1e-20, 3e-13, 1e-8, 1e-5, 1e-3, 0.03, 0.1, 0.25, 0.5, 0.62, 0.63, 0.9, 1, 1.5, 2, 3, 4, 5, 6.5,
                8, 9, 10, 12, 13, 14.5, 16, 17, 18, 20, 25, 30, 36, 37, 38,
            39, 40, 50, 60, 80, 86, 88, 88.5, 89, 95, 100, 103, 150, 500, 700, 720, 745, 1e4, 1e10, 3e18, 1e19, 1e30,
                type == DataType.Float32 ? float.MaxValue : double.MaxValue, double.PositiveInfinity,
        ];
        return [double.NaN, .. positive.Select(x => Round(x, type)), .. positive.Select(x => -Round(x, type))];
    }

    private static double Round(double x, DataType type) => type == DataType.Float32 ? (float)x : x;

    private static double[] Values(Tensor tensor) => tensor.To(DataType.Float64).ToArray<double>();

    private static void Compare(UnaryKernel kernel, int order, DataType type, double[] x, double[] actual)
    {
        var errors = new List<string>();
        for (int i = 0; i < x.Length; i++)
        {
            double exact = ExactFunctions.Of(kernel, order, x[i]);
            // One over zero and the like have a sign that follows that of zero, or none; and log has no slope where it is NaN.
            if ((x[i] == 0 && double.IsInfinity(exact)) || (x[i] < 0 && order > 0 && kernel == UnaryKernel.Log))
                continue;
            if (double.IsNaN(x[i]) && kernel == UnaryKernel.Square && order == 2)
                exact = 2;
            double largest = type == DataType.Float32 ? float.MaxValue : double.MaxValue;
            if (double.IsFinite(exact) && Math.Abs(exact) > largest)
                exact = Math.CopySign(double.PositiveInfinity, exact);
            bool isRight = double.IsFinite(exact)
                ? Math.Abs(actual[i] - exact) <= Allowed(kernel, order, type, exact) * Unit(exact, type)
                : exact.Equals(actual[i]);
            if (!isRight)
                errors.Add($"at {x[i]:R}: expected {exact:R}, got {actual[i]:R}, {Math.Abs(actual[i] - exact) / Unit(exact, type):G4} units off");
        }

        Assert.True(errors.Count == 0, $"{kernel}, order {order}, {type}: {errors.Count} of {x.Length} wrong\n{string.Join("\n", errors.Distinct())}");
    }

    /// <summary>Units in the last place.</summary>
    private static double Allowed(UnaryKernel kernel, int order, DataType type, double exact) => kernel switch
    {
        UnaryKernel.Relu or UnaryKernel.Abs => 0,
        UnaryKernel.Square or UnaryKernel.SquaredRelu or UnaryKernel.Sqrt or UnaryKernel.Reciprocal or UnaryKernel.Log => order == 0 ? 2 : 3,
        // The density is subnormal there, and short of digits.
        UnaryKernel.Gelu when type == DataType.Float64 && Math.Abs(exact) < 2.3e-308 => 64,
        _ => order == 0 ? 4 : 8,
    };

    /// <summary>The unit in the last place of a number in a type.</summary>
    private static double Unit(double exact, DataType type) => type == DataType.Float32
        ? Math.ScaleB(1, Math.Max(exact == 0 ? -126 : Math.ILogB(exact), -126) - 23)
        : Math.Max(Math.Abs(exact) - Math.BitDecrement(Math.Abs(exact)), double.Epsilon);
}
