using System.Numerics;

namespace Kappa.Tensors.Cpu.Losses;

/// <summary>d^2 / 2 up to p, and a line of slope p beyond.</summary>
internal readonly struct HuberLoss : IElementLoss
{
    public static Vector<double> Value(in LossArguments x)
    {
        var d = Vector.Abs(x.A - x.B);
        var half = new Vector<double>(0.5);
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(d, x.P), half * d * d, x.P * (d - (half * x.P)));
    }

    public static Vector<double> Slope(in LossArguments x, int input)
    {
        var d = input == 0 ? x.A - x.B : x.B - x.A;
        return Vector.ConditionalSelect(Vector.LessThanOrEqual(Vector.Abs(d), x.P), d, Vector.CopySign(x.P, d));
    }

    public static Vector<double> Curvature(in LossArguments x, int first, int second) => Vector.ConditionalSelect(
        Vector.LessThanOrEqual(Vector.Abs(x.A - x.B), x.P), new Vector<double>(first == second ? 1 : -1), Vector<double>.Zero);
}

/// <summary>|a - b|.</summary>
internal readonly struct AbsoluteErrorLoss : IElementLoss
{
    public static Vector<double> Value(in LossArguments x) => Vector.Abs(x.A - x.B);

    public static Vector<double> Slope(in LossArguments x, int input)
    {
        var d = input == 0 ? x.A - x.B : x.B - x.A;
        return Vector.ConditionalSelect(Vector.Equals(d, Vector<double>.Zero), Vector<double>.Zero, Vector.CopySign(Vector<double>.One, d));
    }

    public static Vector<double> Curvature(in LossArguments x, int first, int second) => Vector<double>.Zero;
}

/// <summary>p (b - a) where that is positive, and (1 - p)(a - b) where not (Koenker and Bassett, 1978).</summary>
internal readonly struct QuantileLoss : IElementLoss
{
    public static Vector<double> Value(in LossArguments x)
    {
        var d = x.B - x.A;
        return Vector.ConditionalSelect(Vector.GreaterThan(d, Vector<double>.Zero), x.P, x.P - Vector<double>.One) * d;
    }

    public static Vector<double> Slope(in LossArguments x, int input)
    {
        var d = x.B - x.A;
        var slope = Vector.ConditionalSelect(Vector.GreaterThan(d, Vector<double>.Zero), x.P, x.P - Vector<double>.One);
        slope = Vector.ConditionalSelect(Vector.Equals(d, Vector<double>.Zero), Vector<double>.Zero, slope);
        return input == 0 ? -slope : slope;
    }

    public static Vector<double> Curvature(in LossArguments x, int first, int second) => Vector<double>.Zero;
}
