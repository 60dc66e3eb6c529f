using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Kernels;
using static Kappa.Tensors.Cpu.Updates.OptimizerKernels;

namespace Kappa.Tensors.Cpu.Updates;

/// <summary>AdamW's step on weights in single precision whose second moment is kept in double, and computed there: for gradients whose squares single precision
/// does not hold.</summary>
internal static unsafe class WideAdamW
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(in AdamWUpdate update, int start, int count)
    {
        float* w = update.Value.Pointer<float>() + start;
        float* gradient = update.Gradient.Pointer<float>() + start;
        float* m = update.FirstMoment.Pointer<float>() + start;
        double* v = update.SecondMoment.Pointer<double>() + start;
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Load(w + i), out var w0, out var w1);
            Vector.Widen(Load(gradient + i), out var g0, out var g1);
            Vector.Widen(Load(m + i), out var m0, out var m1);
            var (v0, v1) = (Load(v + i), Load(v + i + Vector<double>.Count));
            Step(in update, ref w0, g0, ref m0, ref v0);
            Step(in update, ref w1, g1, ref m1, ref v1);
            Store(Vector.Narrow(w0, w1), w + i);
            Store(Vector.Narrow(m0, m1), m + i);
            Store(v0, v + i);
            Store(v1, v + i + Vector<double>.Count);
        }

        for (; i < count; i++)
        {
            var (value, first, second) = (Vector.Create((double)w[i]), Vector.Create((double)m[i]), Vector.Create(v[i]));
            Step(in update, ref value, Vector.Create((double)gradient[i]), ref first, ref second);
            w[i] = (float)value[0];
            m[i] = (float)first[0];
            v[i] = second[0];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(in AdamWUpdate update, ref Vector<double> value, Vector<double> gradient, ref Vector<double> first, ref Vector<double> second)
    {
        var g = gradient * update.GradientScale;
        // What single precision would hold as a subnormal number is set to zero, as in the ordinary step.
        first = Flushed(first + ((g - first) * (1 - update.Beta1)), Vector.Create(1.1754943508222875e-38));
        second = Flushed((second * update.Beta2) + (g * g * (1 - update.Beta2)), Vector.Create(Smallest<double>()));
        var direction = first / ((Vector.SquareRoot(second) * update.RootScale) + Vector.Create(update.Epsilon));
        value = (value * update.Shrinkage) - (direction * update.StepSize);
    }
}
