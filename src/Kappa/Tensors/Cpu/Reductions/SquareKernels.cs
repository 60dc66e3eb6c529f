using System.Numerics;
using System.Runtime.CompilerServices;
using static Kappa.Tensors.Cpu.Updates.OptimizerKernels;

namespace Kappa.Tensors.Cpu.Reductions;

/// <summary>Sums of squares.</summary>
internal static unsafe class SquareKernels
{
    /// <summary>A sum of squares of single precision below this may have lost some that vanished.</summary>
    private const float Smallest = 7.9e-31f;

    private const int Run = 1024;

    /// <summary>The sum of (scale x)^2: runs in the element type, their sums in double precision, and runs in double precision where the element type does not
    /// hold them.</summary>
    internal static double Sum<T>(T* x, int count, double scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double sum = 0;
        for (int start = 0; start < count; start += Run)
        {
            int length = Math.Min(Run, count - start);
            if (scale != 1)
            {
                sum += Wide(x + start, length, scale);
                continue;
            }

            T part = Sum(x + start, length);
            bool isHeld = typeof(T) != typeof(float) || (part >= T.CreateTruncating(Smallest) && T.IsFinite(part));
            sum += isHeld ? double.CreateTruncating(part) : Wide(x + start, length, scale);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Sum<T>(T* x, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var sum0 = Vector<T>.Zero;
        var sum1 = Vector<T>.Zero;
        var sum2 = Vector<T>.Zero;
        var sum3 = Vector<T>.Zero;
        int i = 0;
        for (; i <= count - (4 * Vector<T>.Count); i += 4 * Vector<T>.Count)
        {
            var x0 = Load(x + i);
            var x1 = Load(x + i + Vector<T>.Count);
            var x2 = Load(x + i + (2 * Vector<T>.Count));
            var x3 = Load(x + i + (3 * Vector<T>.Count));
            sum0 += x0 * x0;
            sum1 += x1 * x1;
            sum2 += x2 * x2;
            sum3 += x3 * x3;
        }

        T sum = Vector.Sum((sum0 + sum1) + (sum2 + sum3));
        for (; i < count; i++)
            sum += x[i] * x[i];
        return sum;
    }

    /// <summary>One run in double precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Wide<T>(T* x, int count, double scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double sum = 0;
        int i = 0;
        if (typeof(T) == typeof(float))
        {
            var (sum0, sum1) = (Vector<double>.Zero, Vector<double>.Zero);
            for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            {
                Vector.Widen(Load((float*)x + i), out var x0, out var x1);
                sum0 += x0 * scale * (x0 * scale);
                sum1 += x1 * scale * (x1 * scale);
            }

            sum = Vector.Sum(sum0 + sum1);
        }

        for (; i < count; i++)
        {
            double value = double.CreateTruncating(x[i]) * scale;
            sum += value * value;
        }

        return sum;
    }
}
