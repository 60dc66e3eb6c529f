using System.Numerics;
using System.Runtime.CompilerServices;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>tanh, the logistic function and x times it, with their first and second derivatives, for whole vectors.</summary>
/// <remarks>
/// <para>Derivatives are functions of x: where y is near its limit, what y (1 - y) or 1 - y^2 would be made of has been rounded away. Everything is formed from
/// e = exp(-|x|) or its root, which never overflow, so each value is within a few roundings of the exact one, from subnormal numbers to infinities.</para>
/// <para>Each is a leaf of arithmetic on <see cref="Vector{T}"/>; elements left over go through the first lane of the same code, so that the bits do not depend
/// on where an element stands.</para>
/// </remarks>
internal static class SmoothFunctions
{
    /// <summary>exp(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Exp<T>(Vector<T> x) => typeof(T) == typeof(float)
        ? Vector.Exp(Vector.AsVectorSingle(x)).As<float, T>()
        : Vector.Exp(Vector.AsVectorDouble(x)).As<double, T>();

    /// <summary>1 / (1 + exp(-x)), as e / (1 + e) on the left, where it has the digits of e.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Sigmoid<T>(Vector<T> x)
    {
        var e = Exp(-Vector.Abs(x));
        return Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), e, Vector<T>.One) / (Vector<T>.One + e);
    }

    /// <summary>s (1 - s) = e / (1 + e)^2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> SigmoidSlope<T>(Vector<T> x)
    {
        var e = Exp(-Vector.Abs(x));
        var sum = Vector<T>.One + e;
        return e / sum / sum;
    }

    /// <summary>s (1 - s) (1 - 2 s) = -s (1 - s) tanh(x / 2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> SigmoidCurvature<T>(Vector<T> x)
        where T : IFloatingPointIeee754<T> => -(SigmoidSlope(x) * Tanh(x * Constant<T>(0.5)));

    /// <summary>tanh(x): (1 - e) / (1 + e) with e = exp(-2 |x|), and near zero x plus a rational function of x^2 (Moshier, Cephes).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Tanh<T>(Vector<T> x)
        where T : IFloatingPointIeee754<T>
    {
        var magnitude = Vector.Abs(x);
        var e = Exp(-(magnitude + magnitude));
        var far = (Vector<T>.One - e) / (Vector<T>.One + e);
        far = Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), -far, far);
        var square = x * x;
        var near = x + (x * square * (typeof(T) == typeof(float) ? NearSingle(square) : NearDouble(square)));
        return Vector.ConditionalSelect(Vector.LessThan(magnitude, Constant<T>(0.625)), near, far);
    }

    /// <summary>1 - tanh(x)^2 = 4 e / (1 + e)^2 with e = exp(-2 |x|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> TanhSlope<T>(Vector<T> x)
        where T : IFloatingPointIeee754<T>
    {
        var magnitude = Vector.Abs(x);
        var e = Exp(-(magnitude + magnitude));
        var sum = Vector<T>.One + e;
        return Constant<T>(4) * e / sum / sum;
    }

    /// <summary>-2 tanh(x) (1 - tanh(x)^2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> TanhCurvature<T>(Vector<T> x)
        where T : IFloatingPointIeee754<T>
    {
        var product = Tanh(x) * TanhSlope(x);
        return -(product + product);
    }

    /// <summary>x s(x). On the left (x h) h / (1 + h^2) with h = exp(x / 2): a small h is a normal number where exp(x) is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Silu<T>(Vector<T> x)
        where T : IFloatingPointIeee754<T>
    {
        var h = Root(x, out var isNegative);
        var n = Vector.ConditionalSelect(isNegative, h, Vector<T>.One);
        return Bounded(x) * n / (Vector<T>.One + (h * h)) * n;
    }

    /// <summary>s (1 + x (1 - s)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> SiluSlope<T>(Vector<T> x)
        where T : IFloatingPointIeee754<T>
    {
        var h = Root(x, out var isNegative);
        var sum = Vector<T>.One + (h * h);
        var n = Vector.ConditionalSelect(isNegative, h, Vector<T>.One);
        var m = Vector.ConditionalSelect(isNegative, Vector<T>.One, h);
        var bounded = -Bounded(-Bounded(x));
        return (Vector<T>.One + (bounded * m * m / sum)) * n / sum * n;
    }

    /// <summary>s (1 - s) (2 + x (1 - 2 s)), an even function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> SiluCurvature<T>(Vector<T> x)
        where T : IFloatingPointIeee754<T>
    {
        var h = Root(x, out _);
        var e = h * h;
        var sum = Vector<T>.One + e;
        var magnitude = Vector.Abs(Bounded(-Vector.Abs(x)));
        return (Constant<T>(2) - (magnitude * (Vector<T>.One - e) / sum)) * h / sum * h / sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Constant<T>(double value)
        where T : IFloatingPointIeee754<T> => Vector.Create(T.CreateTruncating(value));

    /// <summary>exp(-|x| / 2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Root<T>(Vector<T> x, out Vector<T> isNegative)
        where T : IFloatingPointIeee754<T>
    {
        isNegative = Vector.LessThan(x, Vector<T>.Zero);
        return Exp(Vector.Abs(x) * Constant<T>(-0.5));
    }

    /// <summary>x, but no less than where exp(x / 2) has become zero, so that a product with it is zero and not NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Bounded<T>(Vector<T> x)
        where T : IFloatingPointIeee754<T>
    {
        var least = Constant<T>(typeof(T) == typeof(float) ? -300 : -3000);
        return Vector.ConditionalSelect(Vector.LessThan(x, least), least, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> NearSingle<T>(Vector<T> square)
        where T : IFloatingPointIeee754<T>
    {
        var p = Vector.FusedMultiplyAdd(Vector.Create(-5.70498872745e-3f), Vector.AsVectorSingle(square), Vector.Create(2.06390887954e-2f));
        p = Vector.FusedMultiplyAdd(p, Vector.AsVectorSingle(square), Vector.Create(-5.37397155531e-2f));
        p = Vector.FusedMultiplyAdd(p, Vector.AsVectorSingle(square), Vector.Create(1.33314422036e-1f));
        return Vector.FusedMultiplyAdd(p, Vector.AsVectorSingle(square), Vector.Create(-3.33332819422e-1f)).As<float, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> NearDouble<T>(Vector<T> square)
        where T : IFloatingPointIeee754<T>
    {
        var z = Vector.AsVectorDouble(square);
        var p = Vector.FusedMultiplyAdd(Vector.Create(-9.64399179425052238628e-1), z, Vector.Create(-9.92877231001918586564e1));
        p = Vector.FusedMultiplyAdd(p, z, Vector.Create(-1.61468768441708447952e3));
        var q = z + Vector.Create(1.12811678491632931402e2);
        q = Vector.FusedMultiplyAdd(q, z, Vector.Create(2.23548839060100448583e3));
        q = Vector.FusedMultiplyAdd(q, z, Vector.Create(4.84406305325125486048e3));
        return (p / q).As<double, T>();
    }
}
