using System.Numerics;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>Functions that are computed one element after the other in double precision.</summary>
internal static class InDoubles
{
    internal static Vector<T> Each<T>(Vector<T> x, Func<double, double> function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> values = stackalloc T[Vector<T>.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = T.CreateTruncating(function(double.CreateTruncating(x[i])));
        return new Vector<T>(values);
    }
}
