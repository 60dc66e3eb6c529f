using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Attention;

/// <summary>One query against the kept keys and values of its sequence. Sums are in the order of those of <see cref="BlockwiseAttention"/>.</summary>
/// <remarks>A chunk is one position with all its heads.</remarks>
internal unsafe struct StepAttention<T> : IParallelJob
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private CachedAttention _arguments;
    private int _first;
    private T* _queries;
    private T* _keys;
    private T* _values;
    private T* _output;
    private int* _isOut;

    /// <summary>Attends from so many positions, and says whether all scores are in range; if not, what is written is none.</summary>
    internal static bool Run(CachedAttention arguments, int first, int count)
    {
        int isOut = 0;
        var job = new StepAttention<T>
        {
            _arguments = arguments,
            _first = first,
            _queries = arguments.Query.Pointer<T>(),
            _keys = arguments.Keys.Pointer<T>(),
            _values = arguments.Values.Pointer<T>(),
            _output = arguments.Output.Pointer<T>(),
            _isOut = &isOut,
        };
        WorkerPool.Run(count, ref job);
        return isOut == 0;
    }

    public readonly void Execute(int chunk)
    {
        int place = _first + chunk, context = _arguments.Context, keyWidth = _arguments.KeyWidth;
        var shape = _arguments.Shape(place, 1);
        int seen = shape.Keys;
        nint sequence = (nint)_arguments.Sequences.Span[place] * context * keyWidth;
        T* scores = Workspace.Rent<T>(Workspace.Purpose.Attention, seen);
        var all = new Span<T>(scores, seen);
        T scale = T.CreateTruncating(shape.Scale);
        for (int head = 0; head < shape.Heads; head++)
        {
            int group = head / shape.HeadsPerGroup;
            nint own = ((nint)place * _arguments.QueryWidth) + ((nint)head * shape.Width);
            ProductPlan.Multiply(
                false, false, 1, seen, shape.Width, _queries + own, shape.Width, _keys + sequence + ((nint)group * shape.Width * context), context, scores,
                seen, accumulate: false);
            double sum = Exponential.Row<T>(all, all, scale, out _, out bool isFinite);
            if (!isFinite)
                Volatile.Write(ref *_isOut, 1);
            TensorPrimitives.Multiply(all, T.CreateTruncating(1 / sum), all);
            ProductPlan.Multiply(
                false, false, 1, shape.Width, seen, scores, seen, _values + sequence + ((nint)group * shape.Width), keyWidth, _output + own, shape.Width,
                accumulate: false);
        }
    }
}
