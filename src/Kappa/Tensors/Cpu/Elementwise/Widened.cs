using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>An elementwise function of up to four arguments, in double precision.</summary>
internal interface IWideFunction
{
    /// <summary>How many arguments it takes; the others are zero.</summary>
    static abstract int Inputs { get; }

    Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d);

    double Invoke(double a, double b, double c, double d);
}

/// <summary>
/// Work on elements of either type in double precision, rounded once at the end: what lies between inputs and result then neither overflows nor vanishes,
/// whatever their scale.
/// </summary>
internal static unsafe class Widened
{
    /// <summary>Elements that are loaded at a time: one vector of float32.</summary>
    internal static int Step => Vector<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Load<T>(T* source, out Vector<double> low, out Vector<double> high)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            // Straight from memory, which spares the shuffles of widening a register.
            if (Avx.IsSupported && Vector<double>.Count == 4)
            {
                low = Avx.ConvertToVector256Double(Vector128.Load((float*)source)).AsVector();
                high = Avx.ConvertToVector256Double(Vector128.Load((float*)source + 4)).AsVector();
                return;
            }

            Vector.Widen(Vector.Load((float*)source), out low, out high);
            return;
        }

        low = Vector.Load((double*)source);
        high = Vector.Load((double*)source + Vector<double>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(Vector<double> low, Vector<double> high, T* destination)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            if (Avx.IsSupported && Vector<double>.Count == 4)
            {
                Avx.ConvertToVector128Single(low.AsVector256()).Store((float*)destination);
                Avx.ConvertToVector128Single(high.AsVector256()).Store((float*)destination + 4);
                return;
            }

            Vector.Narrow(low, high).Store((float*)destination);
            return;
        }

        low.Store((double*)destination);
        high.Store((double*)destination + Vector<double>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Load<T>(T* source)
        where T : unmanaged => typeof(T) == typeof(float) ? *(float*)source : *(double*)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(double value, T* destination)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            *(float*)destination = (float)value;
        else
            *(double*)destination = value;
    }

    /// <summary>result = sums / divisor, or adds to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Round<T>(double* sums, double divisor, T* result, int count, bool accumulate)
        where T : unmanaged
    {
        int i = 0;
        bool divides = divisor != 1;
        var divisors = new Vector<double>(divisor);
        for (; i <= count - Step; i += Step)
        {
            Vector<double> low = Vector.Load(sums + i), high = Vector.Load(sums + i + Vector<double>.Count);
            if (divides)
            {
                low /= divisors;
                high /= divisors;
            }

            if (accumulate)
            {
                Load(result + i, out var beforeLow, out var beforeHigh);
                low += beforeLow;
                high += beforeHigh;
            }

            Store(low, high, result + i);
        }

        for (; i < count; i++)
            Store((sums[i] / divisor) + (accumulate ? Load(result + i) : 0), result + i);
    }

    /// <summary>result = f(a, b, c, d), or adds to it. An argument that is absent is zero. The result may be one of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Map<T, TFunction>(T* a, T* b, T* c, T* d, T* result, int count, bool accumulate, TFunction function)
        where T : unmanaged
        where TFunction : struct, IWideFunction
    {
        int i = 0;
        Vector<double> aLow, aHigh, bLow = default, bHigh = default, cLow = default, cHigh = default, dLow = default, dHigh = default;
        for (; i <= count - Step; i += Step)
        {
            Load(a + i, out aLow, out aHigh);
            if (TFunction.Inputs > 1 && b != null)
                Load(b + i, out bLow, out bHigh);
            if (TFunction.Inputs > 2 && c != null)
                Load(c + i, out cLow, out cHigh);
            if (TFunction.Inputs > 3 && d != null)
                Load(d + i, out dLow, out dHigh);
            var low = function.Invoke(aLow, bLow, cLow, dLow);
            var high = function.Invoke(aHigh, bHigh, cHigh, dHigh);
            if (accumulate)
            {
                Load(result + i, out var beforeLow, out var beforeHigh);
                low += beforeLow;
                high += beforeHigh;
            }

            Store(low, high, result + i);
        }

        for (; i < count; i++)
        {
            double value = function.Invoke(
                Load(a + i), TFunction.Inputs > 1 && b != null ? Load(b + i) : 0, TFunction.Inputs > 2 && c != null ? Load(c + i) : 0,
                TFunction.Inputs > 3 && d != null ? Load(d + i) : 0);
            Store(accumulate ? Load(result + i) + value : value, result + i);
        }
    }
}
