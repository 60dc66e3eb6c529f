using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Updates;

/// <summary>The loops of optimizer updates. Without fused multiply-adds, so that the vectors' width does not show in the result.</summary>
/// <remarks>
/// A moment whose gradient has become zero, as that of a dead unit does, decays geometrically into the subnormal numbers, on which every
/// multiplication costs some hundred cycles: a step was seen to slow down sixtyfold. So what is kept is set to zero once it is too small for its next product
/// to be a normal number.
/// </remarks>
internal static unsafe class OptimizerKernels
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AdamW<T>(in AdamWUpdate update, int start, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* w = update.Value.Pointer<T>() + start;
        T* gradient = update.Gradient.Pointer<T>() + start;
        T* m = update.FirstMoment.Pointer<T>() + start;
        T* v = update.SecondMoment.Pointer<T>() + start;
        T shrinkage = T.CreateTruncating(update.Shrinkage);
        T scale = T.CreateTruncating(update.GradientScale);
        T share1 = T.CreateTruncating(1 - update.Beta1);
        T beta2 = T.CreateTruncating(update.Beta2);
        T share2 = T.CreateTruncating(1 - update.Beta2);
        T stepSize = T.CreateTruncating(update.StepSize);
        T rootScale = T.CreateTruncating(update.RootScale);
        T epsilon = T.CreateTruncating(update.Epsilon);
        var epsilons = new Vector<T>(epsilon);
        var smallest = new Vector<T>(Smallest<T>());
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            var g = Load(gradient + i) * scale;
            var first = Load(m + i);
            first += (g - first) * share1;
            var second = (Load(v + i) * beta2) + (g * g * share2);
            first = Flushed(first, smallest);
            second = Flushed(second, smallest);
            Store(first, m + i);
            Store(second, v + i);
            var direction = first / ((Vector.SquareRoot(second) * rootScale) + epsilons);
            Store((Load(w + i) * shrinkage) - (direction * stepSize), w + i);
        }

        for (; i < count; i++)
        {
            T g = gradient[i] * scale;
            T first = m[i];
            first += (g - first) * share1;
            first = Flushed(first, smallest[0]);
            T second = Flushed((v[i] * beta2) + (g * g * share2), smallest[0]);
            m[i] = first;
            v[i] = second;
            T direction = first / ((T.Sqrt(second) * rootScale) + epsilon);
            w[i] = (w[i] * shrinkage) - (direction * stepSize);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Sgd<T>(in SgdUpdate update, int start, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* w = update.Value.Pointer<T>() + start;
        T* gradient = update.Gradient.Pointer<T>() + start;
        T* u = update.Velocity is { } velocity ? velocity.Pointer<T>() + start : null;
        T scale = T.CreateTruncating(update.GradientScale);
        T decay = T.CreateTruncating(update.WeightDecay);
        T momentum = T.CreateTruncating(update.Momentum);
        T share = T.CreateTruncating(update.GradientShare);
        T stepSize = T.CreateTruncating(update.StepSize);
        var smallest = new Vector<T>(Smallest<T>());
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            var value = Load(w + i);
            var g = (Load(gradient + i) * scale) + (value * decay);
            if (u != null)
            {
                var next = Flushed((Load(u + i) * momentum) + (g * share), smallest);
                Store(next, u + i);
                g = update.Nesterov ? g + (next * momentum) : next;
            }

            Store(value - (g * stepSize), w + i);
        }

        for (; i < count; i++)
        {
            T value = w[i];
            T g = (gradient[i] * scale) + (value * decay);
            if (u != null)
            {
                T next = Flushed((u[i] * momentum) + (g * share), smallest[0]);
                u[i] = next;
                g = update.Nesterov ? g + (next * momentum) : next;
            }

            w[i] = value - (g * stepSize);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Momentum<T>(T* gradient, T scale, T* mean, T decay, bool nesterov, T* result, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T share = T.One - decay;
        var smallest = new Vector<T>(Smallest<T>());
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            var g = Load(gradient + i) * scale;
            var next = Load(mean + i);
            next = Flushed(next + ((g - next) * share), smallest);
            Store(next, mean + i);
            Store(nesterov ? g + ((next - g) * decay) : next, result + i);
        }

        for (; i < count; i++)
        {
            T g = gradient[i] * scale;
            T next = mean[i];
            next = Flushed(next + ((g - next) * share), smallest[0]);
            mean[i] = next;
            result[i] = nesterov ? g + ((next - g) * decay) : next;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void DivideByRootMeanSquare<T>(T* x, T* secondMoment, T decay, T share, T epsilon, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var epsilons = new Vector<T>(epsilon);
        var smallest = new Vector<T>(Smallest<T>());
        int i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            var value = Load(x + i);
            var second = Flushed((Load(secondMoment + i) * decay) + (value * value * share), smallest);
            Store(second, secondMoment + i);
            Store(value / (Vector.SquareRoot(second) + epsilons), x + i);
        }

        for (; i < count; i++)
        {
            T value = x[i];
            T second = Flushed((secondMoment[i] * decay) + (value * value * share), smallest[0]);
            secondMoment[i] = second;
            x[i] = value / (T.Sqrt(second) + epsilon);
        }
    }

    /// <summary>About a hundred times the smallest normal number: 2^-118, or 2^-1010 in double precision.</summary>
    internal static T Smallest<T>()
        where T : unmanaged, IFloatingPointIeee754<T> => T.ScaleB(T.One, sizeof(T) == sizeof(float) ? -118 : -1010);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Flushed<T>(Vector<T> value, Vector<T> smallest)
        where T : unmanaged => Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(value), smallest), Vector<T>.Zero, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Flushed<T>(T value, T smallest)
        where T : unmanaged, IFloatingPointIeee754<T> => T.Abs(value) < smallest ? T.Zero : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Load<T>(T* address)
        where T : unmanaged => Unsafe.ReadUnaligned<Vector<T>>(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(Vector<T> value, T* address)
        where T : unmanaged => Unsafe.WriteUnaligned(address, value);
}
