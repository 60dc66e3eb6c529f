using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Kernels;
using static Kappa.Tensors.Cpu.Updates.OptimizerKernels;

namespace Kappa.Tensors.Cpu.Updates;

/// <summary>The loops of updates that go by the sign.</summary>
internal static unsafe class SignKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Signum<T>(in SignumUpdate update, int start, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* w = update.Value.Pointer<T>() + start;
        T* gradient = update.Gradient.Pointer<T>() + start;
        T* mean = update.Mean.Pointer<T>() + start;
        T scale = T.CreateTruncating(update.GradientScale);
        T share = T.CreateTruncating(1 - update.Momentum);
        T shrinkage = T.CreateTruncating(update.Shrinkage);
        T stepSize = T.CreateTruncating(update.StepSize);
        var smallest = new Vector<T>(Smallest<T>());
        var steps = new Vector<T>(stepSize);
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            var next = Load(mean + i);
            next = Flushed(next + (((Load(gradient + i) * scale) - next) * share), smallest);
            Store(next, mean + i);
            Store((Load(w + i) * shrinkage) - Signed(next, steps), w + i);
        }

        for (; i < count; i++)
        {
            T next = mean[i];
            next = Flushed(next + (((gradient[i] * scale) - next) * share), smallest[0]);
            mean[i] = next;
            w[i] = (w[i] * shrinkage) - (next > T.Zero ? stepSize : next < T.Zero ? -stepSize : next);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Sign<T>(T* x, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            Store(Signed(Load(x + i), Vector<T>.One), x + i);
        for (; i < count; i++)
            x[i] = x[i] > T.Zero ? T.One : x[i] < T.Zero ? -T.One : x[i];
    }

    /// <summary>The magnitude with the sign of x; x itself where it is 0 or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Signed<T>(Vector<T> x, Vector<T> magnitude)
        where T : unmanaged =>
        Vector.ConditionalSelect(
            Vector.GreaterThan(x, Vector<T>.Zero),
            magnitude,
            Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), -magnitude, x));
}
