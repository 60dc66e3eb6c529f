using System.Numerics;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>A smooth function of one argument with its first and second derivatives, all from x.</summary>
internal interface ICurve<T>
    where T : unmanaged
{
    static abstract Vector<T> Value(Vector<T> x);

    static abstract Vector<T> Slope(Vector<T> x);

    static abstract Vector<T> Curvature(Vector<T> x);
}

/// <summary>The hyperbolic tangent.</summary>
internal readonly struct TanhCurve<T> : ICurve<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Vector<T> Value(Vector<T> x) => SmoothFunctions.Tanh(x);

    public static Vector<T> Slope(Vector<T> x) => SmoothFunctions.TanhSlope(x);

    public static Vector<T> Curvature(Vector<T> x) => SmoothFunctions.TanhCurvature(x);
}

/// <summary>1 / (1 + exp(-x)).</summary>
internal readonly struct SigmoidCurve<T> : ICurve<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Vector<T> Value(Vector<T> x) => SmoothFunctions.Sigmoid(x);

    public static Vector<T> Slope(Vector<T> x) => SmoothFunctions.SigmoidSlope(x);

    public static Vector<T> Curvature(Vector<T> x) => SmoothFunctions.SigmoidCurvature(x);
}

/// <summary>x / (1 + exp(-x)).</summary>
internal readonly struct SiluCurve<T> : ICurve<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Vector<T> Value(Vector<T> x) => SmoothFunctions.Silu(x);

    public static Vector<T> Slope(Vector<T> x) => SmoothFunctions.SiluSlope(x);

    public static Vector<T> Curvature(Vector<T> x) => SmoothFunctions.SiluCurvature(x);
}

/// <summary>x Phi(x), one element after the other in double precision.</summary>
internal readonly struct GeluCurve<T> : ICurve<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Vector<T> Value(Vector<T> x) => InDoubles.Each(x, NormalDistribution.Gelu);

    public static Vector<T> Slope(Vector<T> x) => InDoubles.Each(x, NormalDistribution.GeluSlope);

    public static Vector<T> Curvature(Vector<T> x) => InDoubles.Each(x, NormalDistribution.GeluCurvature);
}

/// <summary>The error function, one element after the other in double precision.</summary>
internal readonly struct ErfCurve<T> : ICurve<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Vector<T> Value(Vector<T> x) => InDoubles.Each(x, NormalDistribution.Erf);

    public static Vector<T> Slope(Vector<T> x) => InDoubles.Each(x, NormalDistribution.ErfSlope);

    public static Vector<T> Curvature(Vector<T> x) => InDoubles.Each(x, NormalDistribution.ErfCurvature);
}

/// <summary>The sine, one element after the other in double precision.</summary>
internal readonly struct SineCurve<T> : ICurve<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Vector<T> Value(Vector<T> x) => InDoubles.Each(x, Math.Sin);

    public static Vector<T> Slope(Vector<T> x) => InDoubles.Each(x, Math.Cos);

    public static Vector<T> Curvature(Vector<T> x) => -Value(x);
}

/// <summary>The cosine, one element after the other in double precision.</summary>
internal readonly struct CosineCurve<T> : ICurve<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Vector<T> Value(Vector<T> x) => InDoubles.Each(x, Math.Cos);

    public static Vector<T> Slope(Vector<T> x) => -InDoubles.Each(x, Math.Sin);

    public static Vector<T> Curvature(Vector<T> x) => -Value(x);
}

/// <summary>max(x, 0)^2.</summary>
internal readonly struct SquaredReluCurve<T> : ICurve<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static Vector<T> Value(Vector<T> x)
    {
        var positive = default(ReluFunction<T>).Invoke(x);
        return positive * positive;
    }

    public static Vector<T> Slope(Vector<T> x)
    {
        var positive = default(ReluFunction<T>).Invoke(x);
        return positive + positive;
    }

    /// <summary>2 or 0; NaN where x is NaN.</summary>
    public static Vector<T> Curvature(Vector<T> x) => Vector.ConditionalSelect(
        Vector.GreaterThan(x, Vector<T>.Zero), SmoothFunctions.Constant<T>(2), default(ReluFunction<T>).Invoke(x));
}

/// <summary>f(x).</summary>
internal readonly struct ValueOf<T, TCurve> : IMapFunction<T>
    where T : unmanaged
    where TCurve : struct, ICurve<T>
{
    public Vector<T> Invoke(Vector<T> x) => TCurve.Value(x);

    public T Invoke(T x) => TCurve.Value(Vector.Create(x))[0];
}

/// <summary>gradient f'(x).</summary>
internal readonly struct SlopeOf<T, TCurve> : IZipFunction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TCurve : struct, ICurve<T>
{
    public Vector<T> Invoke(Vector<T> a, Vector<T> b) => a * TCurve.Slope(b);

    public T Invoke(T a, T b) => a * TCurve.Slope(Vector.Create(b))[0];
}
