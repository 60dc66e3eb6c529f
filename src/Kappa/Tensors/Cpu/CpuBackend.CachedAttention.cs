using System.Numerics;
using Kappa.Tensors.Cpu.Attention;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <content>Attention to what is kept of earlier positions.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void CachedAttention(CachedAttention arguments)
    {
        if (arguments.Output.DataType == DataType.Float32)
            CachedAttention<float>(arguments);
        else
            CachedAttention<double>(arguments);
    }

    private static void CachedAttention<T>(CachedAttention arguments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        KeepKeys(arguments, arguments.Key.Pointer<T>(), arguments.Keys.Pointer<T>());
        KeepValues(arguments, arguments.Value.Pointer<T>(), arguments.Values.Pointer<T>());
        for (int first = 0; first < arguments.Count;)
        {
            // A sequence from its start is attention among its new positions; otherwise each position is a step of its own.
            int length = arguments.Positions.Span[first] == 0 ? arguments.Run(first) : 1;
            if (length > 1)
            {
                nint keys = (nint)first * arguments.KeyWidth, queries = (nint)first * arguments.QueryWidth;
                T* q = arguments.Query.Pointer<T>() + queries, output = arguments.Output.Pointer<T>() + queries;
                T* k = arguments.Key.Pointer<T>() + keys, v = arguments.Value.Pointer<T>() + keys;
                if (!BlockwiseAttention.Forward(arguments.Shape(first, length), q, k, v, output))
                    Wide(arguments.Shape(first, length), q, k, v, output);
                first += length;
                continue;
            }
            int end = first + 1;
            while (end < arguments.Count && (arguments.Positions.Span[end] > 0 || arguments.Run(end) == 1))
                end++;
            if (!StepAttention<T>.Run(arguments, first, end - first))
            {
                for (int place = first; place < end; place++)
                    WideStep<T>(arguments, place);
            }
            first = end;
        }
    }

    private static void KeepKeys<T>(CachedAttention arguments, T* rows, T* kept)
        where T : unmanaged
    {
        int width = arguments.KeyWidth, context = arguments.Context;
        for (int i = 0; i < arguments.Count; i++)
        {
            T* row = rows + ((nint)i * width), to = kept + ((nint)arguments.Sequences.Span[i] * width * context) + arguments.Positions.Span[i];
            for (int j = 0; j < width; j++)
                to[(nint)j * context] = row[j];
        }
    }

    private static void KeepValues<T>(CachedAttention arguments, T* rows, T* kept)
        where T : unmanaged
    {
        int width = arguments.KeyWidth;
        for (int i = 0; i < arguments.Count; i++)
        {
            nint place = ((nint)arguments.Sequences.Span[i] * arguments.Context) + arguments.Positions.Span[i];
            new ReadOnlySpan<T>(rows + ((nint)i * width), width).CopyTo(new Span<T>(kept + (place * width), width));
        }
    }

    /// <summary>A step in double precision: the kept keys are turned back first.</summary>
    private static void WideStep<T>(CachedAttention arguments, int place)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = arguments.Shape(place, 1);
        int width = arguments.KeyWidth, context = arguments.Context;
        nint from = (nint)arguments.Sequences.Span[place] * context * width, own = (nint)place * arguments.QueryWidth;
        T* kept = arguments.Keys.Pointer<T>() + from;
        T[] keys = new T[shape.Keys * width];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = kept[((nint)(i % width) * context) + (i / width)];
        fixed (T* k = keys)
            Wide(shape, arguments.Query.Pointer<T>() + own, k, arguments.Values.Pointer<T>() + from, arguments.Output.Pointer<T>() + own);
    }

    /// <summary>In double precision, where a score leaves the range of single precision.</summary>
    private static void Wide<T>(AttentionShape shape, T* q, T* k, T* v, T* output)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double))
            return;
        double[] wideQ = InDouble(q, shape.QuerySize), wideK = InDouble(k, shape.KeySize), wideV = InDouble(v, shape.KeySize);
        double[] result = new double[shape.QuerySize];
        fixed (double* pointerQ = wideQ, pointerK = wideK, pointerV = wideV, to = result)
            _ = BlockwiseAttention.Forward(shape, pointerQ, pointerK, pointerV, to);
        for (int i = 0; i < result.Length; i++)
            output[i] = T.CreateTruncating(result[i]);
    }

    private static double[] InDouble<T>(T* values, long count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] result = new double[count];
        for (long i = 0; i < count; i++)
            result[i] = double.CreateTruncating(values[i]);
        return result;
    }
}
