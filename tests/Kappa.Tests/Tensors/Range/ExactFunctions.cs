using Kappa.Tensors.Kernels;

namespace Kappa.Tests.Tensors.Range;

/// <summary>What elementwise functions and their first two derivatives are, rounded to double precision; limits at infinities, NaN at NaN.</summary>
internal static class ExactFunctions
{
    private static readonly Dictionary<(UnaryKernel Kernel, int Order, double X), double> Known = [];

    // Of the absolute value: functions, orders and signs share it, and it is most of the work.
    private static readonly Dictionary<double, BigFixed> Exponentials = [];

    public static double Of(UnaryKernel kernel, int order, double x)
    {
        if (double.IsNaN(x))
            return double.NaN;
        lock (Known)
        {
            if (!Known.TryGetValue((kernel, order, x), out double value))
                Known.Add((kernel, order, x), value = double.IsInfinity(x) ? Limit(kernel, order, x > 0) : Finite(kernel, order, x));
            return value;
        }
    }

    private static double Limit(UnaryKernel kernel, int order, bool positive) => (kernel, order) switch
    {
        (UnaryKernel.Relu or UnaryKernel.Gelu or UnaryKernel.Silu, 0) => positive ? double.PositiveInfinity : 0,
        (UnaryKernel.Relu or UnaryKernel.Gelu or UnaryKernel.Silu, 1) => positive ? 1 : 0,
        (UnaryKernel.Tanh, 0) => positive ? 1 : -1,
        (UnaryKernel.Sigmoid, 0) => positive ? 1 : 0,
        (UnaryKernel.SquaredRelu, 0 or 1) => positive ? double.PositiveInfinity : 0,
        (UnaryKernel.SquaredRelu, 2) => positive ? 2 : 0,
        (UnaryKernel.Exp, _) => positive ? double.PositiveInfinity : 0,
        (UnaryKernel.Square, 0) => double.PositiveInfinity,
        (UnaryKernel.Square, 1) => positive ? double.PositiveInfinity : double.NegativeInfinity,
        (UnaryKernel.Square, 2) => 2,
        (UnaryKernel.Abs, 0) => double.PositiveInfinity,
        (UnaryKernel.Abs, 1) => positive ? 1 : -1,
        (UnaryKernel.Sin or UnaryKernel.Cos, _) => double.NaN,
        (UnaryKernel.Log or UnaryKernel.Sqrt, _) => !positive ? double.NaN : order == 0 ? double.PositiveInfinity : 0,
        _ => 0,
    };

    private static double Finite(UnaryKernel kernel, int order, double x)
    {
        var big = BigFixed.From(x);
        if (!Exponentials.TryGetValue(Math.Abs(x), out var e))
            Exponentials.Add(Math.Abs(x), e = BigFixed.ExpOfNegative(BigFixed.Abs(big)));
        switch (kernel)
        {
            case UnaryKernel.Relu: return order == 0 ? Math.Max(x, 0) : x > 0 ? 1 : 0;
            case UnaryKernel.SquaredRelu: return x <= 0 ? 0 : order == 0 ? x * x : order == 1 ? 2 * x : 2;
            case UnaryKernel.Abs: return order == 0 ? Math.Abs(x) : Math.Sign(x);
            case UnaryKernel.Square: return order == 0 ? x * x : order == 1 ? 2 * x : 2;
            case UnaryKernel.Exp: return x <= 0 ? e.ToDouble() : x > 710 ? double.PositiveInfinity : (BigFixed.One / e).ToDouble();
            case UnaryKernel.Reciprocal: return order == 0 ? 1 / x : order == 1 ? -1 / x / x : 2 / x / x / x;
            case UnaryKernel.Sqrt: return x < 0 ? double.NaN : order == 0 ? Math.Sqrt(x) : order == 1 ? 0.5 / Math.Sqrt(x) : -0.25 / Math.Sqrt(x) / x;
            // Each derivative of the sine is a quarter turn ahead.
            case UnaryKernel.Sin: return BigFixed.Sine(big, order).ToDouble();
            case UnaryKernel.Cos: return BigFixed.Sine(big, order + 1).ToDouble();
            case UnaryKernel.Log: return x < 0 ? double.NaN : order == 0 ? Math.Log(x) : order == 1 ? 1 / x : -1 / x / x;
            default: break;
        }

        var sum = BigFixed.One + e;
        var (small, large) = (e / sum, BigFixed.One / sum);
        var sigmoid = x < 0 ? small : large;
        var rest = x < 0 ? large : small;
        if (kernel is UnaryKernel.Sigmoid or UnaryKernel.Silu)
        {
            var slope = small * large;
            var middle = rest - sigmoid;
            if (kernel == UnaryKernel.Sigmoid)
                return (order == 0 ? sigmoid : order == 1 ? slope : slope * middle).ToDouble();
            return (order == 0 ? big * sigmoid : order == 1 ? sigmoid * (BigFixed.One + (big * rest)) : slope * (BigFixed.From(2) + (big * middle))).ToDouble();
        }

        if (kernel == UnaryKernel.Tanh)
        {
            var tanh = (BigFixed.One - (e * e)) / (BigFixed.One + (e * e));
            tanh = x < 0 ? -tanh : tanh;
            var slope = BigFixed.From(4) * e * e / ((BigFixed.One + (e * e)) * (BigFixed.One + (e * e)));
            return (order == 0 ? tanh : order == 1 ? slope : BigFixed.From(-2) * tanh * slope).ToDouble();
        }

        if (Math.Abs(x) > 40)
            return x < 0 || order == 2 ? 0 : order == 0 ? x : 1;
        var cumulative = BigFixed.NormalCumulative(big);
        var density = BigFixed.NormalDensity(big);
        return (order == 0 ? big * cumulative : order == 1 ? cumulative + (big * density) : density * (BigFixed.From(2) - (big * big))).ToDouble();
    }
}
