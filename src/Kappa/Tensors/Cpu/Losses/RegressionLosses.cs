using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Cpu.Losses;

/// <summary>Signs of numbers.</summary>
internal static class Signs
{
    /// <summary>-1, 0 or 1; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<double> Of(Vector<double> d)
    {
        var positive = Vector.ConditionalSelect(Vector.GreaterThan(d, Vector<double>.Zero), Vector<double>.One, d);
        return Vector.ConditionalSelect(Vector.LessThan(d, Vector<double>.Zero), -Vector<double>.One, positive);
    }
}

/// <summary>d^2 / 2 up to p, and a line of slope p beyond.</summary>
internal readonly struct HuberLoss : IElementLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Value(in LossArguments x)
    {
        var d = Vector.Abs(x.A - x.B);
        var half = new Vector<double>(0.5);
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(d, x.P), half * d * d, x.P * (d - (half * x.P)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Slope(in LossArguments x, int input)
    {
        var d = input == 0 ? x.A - x.B : x.B - x.A;
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(Vector.Abs(d), x.P), d, Signs.Of(d) * x.P);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Curvature(in LossArguments x, int first, int second) => Vector.ConditionalSelect(
        Vector.LessThanOrEqual(Vector.Abs(x.A - x.B), x.P), new Vector<double>(first == second ? 1 : -1), Vector<double>.Zero);
}

/// <summary>|a - b|.</summary>
internal readonly struct AbsoluteErrorLoss : IElementLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Value(in LossArguments x) => Vector.Abs(x.A - x.B);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Slope(in LossArguments x, int input)
    {
        var d = input == 0 ? x.A - x.B : x.B - x.A;
        return Signs.Of(d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Curvature(in LossArguments x, int first, int second) => Vector<double>.Zero;
}

/// <summary>p (b - a) where that is positive, and (1 - p)(a - b) where not (Koenker and Bassett, 1978).</summary>
internal readonly struct QuantileLoss : IElementLoss
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Value(in LossArguments x)
    {
        var d = x.B - x.A;
        return Vector.ConditionalSelect(Vector.GreaterThan(d, Vector<double>.Zero), x.P, x.P - Vector<double>.One) * d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Slope(in LossArguments x, int input)
    {
        var d = x.B - x.A;
        var slope = Vector.ConditionalSelect(Vector.GreaterThan(d, Vector<double>.Zero), x.P, x.P - Vector<double>.One);
        slope = Vector.ConditionalSelect(Vector.Equals(d, Vector<double>.Zero), Vector<double>.Zero, slope);
        return input == 0 ? -slope : slope;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Curvature(in LossArguments x, int first, int second) => Vector<double>.Zero;
}
