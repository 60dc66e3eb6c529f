using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Cpu.Losses;

/// <summary>Cross-entropy of a logit a against a probability b, of which s / 2 is spread to either side; positives weigh p.</summary>
internal readonly struct BinaryCrossEntropyLoss : IElementLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Value(in LossArguments x)
    {
        var (positive, negative) = Coefficients(x);
        var (yes, no) = Softplus(x.A);
        return Times(positive, yes) + Times(negative, no);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Slope(in LossArguments x, int input)
    {
        if (input == 0)
        {
            var (positive, negative) = Coefficients(x);
            var (yes, no) = Sigmoid(x.A);
            return Times(negative, no) - Times(positive, yes);
        }

        // For p = 1 this is -a, which is left where both logarithms are large.
        var excess = Times(x.P - Vector<double>.One, Softplus(x.A).Yes);
        return (excess - x.A) * (1 - x.S);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Curvature(in LossArguments x, int first, int second)
    {
        var (yes, no) = Sigmoid(x.A);
        if (first != second)
            return -((x.P * yes) + no) * (1 - x.S);
        if (first == 1)
            return Vector<double>.Zero;
        var (positive, negative) = Coefficients(x);
        return (positive + negative) * yes * no;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<double> Positive, Vector<double> Negative) Coefficients(in LossArguments x)
    {
        var target = (x.B * (1 - x.S)) + new Vector<double>(x.S / 2);
        return (x.P * target, Vector<double>.One - target);
    }

    /// <summary>What has no share is not looked at, infinite or not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Times(Vector<double> share, Vector<double> term) =>
        Vector.ConditionalSelect(Vector.Equals(share, Vector<double>.Zero), Vector<double>.Zero, share * term);

    /// <summary>log(1 + exp(-x)) and log(1 + exp(x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<double> Yes, Vector<double> No) Softplus(Vector<double> x)
    {
        var small = Vector.Exp(-Vector.Abs(x));
        // log(1 + u) = u log(v) / (v - 1) for v = 1 + u as rounded (Kahan).
        var sum = Vector<double>.One + small;
        var rounded = sum - Vector<double>.One;
        var isOne = Vector.Equals(rounded, Vector<double>.Zero);
        var rest = Vector.ConditionalSelect(isOne, small, Vector.Log(sum) * small / Vector.ConditionalSelect(isOne, Vector<double>.One, rounded));
        var isNegative = Vector.LessThan(x, Vector<double>.Zero);
        return (Vector.ConditionalSelect(isNegative, rest - x, rest), Vector.ConditionalSelect(isNegative, rest, rest + x));
    }

    /// <summary>sigmoid(-x) and sigmoid(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<double> Yes, Vector<double> No) Sigmoid(Vector<double> x)
    {
        var small = Vector.Exp(-Vector.Abs(x));
        var sum = Vector<double>.One + small;
        var (large, little) = (Vector<double>.One / sum, small / sum);
        var isNegative = Vector.LessThan(x, Vector<double>.Zero);
        return (Vector.ConditionalSelect(isNegative, large, little), Vector.ConditionalSelect(isNegative, little, large));
    }
}

/// <summary>b (log b - a), and 0 for b = 0.</summary>
internal readonly struct KullbackLeiblerLoss : IElementLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Value(in LossArguments x) =>
        Vector.ConditionalSelect(Vector.Equals(x.B, Vector<double>.Zero), Vector<double>.Zero, x.B * (Vector.Log(x.B) - x.A));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Slope(in LossArguments x, int input) => input == 0 ? -x.B : Vector.Log(x.B) + Vector<double>.One - x.A;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Curvature(in LossArguments x, int first, int second) =>
        first != second ? -Vector<double>.One : first == 1 ? Vector<double>.One / x.B : Vector<double>.Zero;
}

/// <summary>(b + (a - c)^2 exp(-b)) / 2 + p: a is the mean, b the logarithm of the variance, c what came.</summary>
internal readonly struct GaussianLikelihoodLoss : IElementLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Value(in LossArguments x)
    {
        var deviation = Deviation(x, out _);
        return (new Vector<double>(0.5) * (x.B + (deviation * deviation))) + x.P;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Slope(in LossArguments x, int input)
    {
        var deviation = Deviation(x, out var precision);
        return input switch
        {
            0 => deviation * precision,
            1 => new Vector<double>(0.5) * (Vector<double>.One - (deviation * deviation)),
            _ => -(deviation * precision),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Curvature(in LossArguments x, int first, int second)
    {
        var deviation = Deviation(x, out var precision);
        return (first, second) switch
        {
            (1, 1) => new Vector<double>(0.5) * deviation * deviation,
            (0, 1) or (1, 0) => -(deviation * precision),
            (1, 2) or (2, 1) => deviation * precision,
            _ => first == second ? precision * precision : -(precision * precision),
        };
    }

    /// <summary>(a - c) exp(-b / 2), with no variance for what is met exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Deviation(in LossArguments x, out Vector<double> precision)
    {
        var d = x.A - x.C;
        precision = Vector.Exp(new Vector<double>(-0.5) * x.B);
        return Vector.ConditionalSelect(Vector.Equals(d, Vector<double>.Zero), Vector<double>.Zero, d * precision);
    }
}
