using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Products;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Attention;

/// <summary>Some queries of one head against all keys that they see: the unit of work of attention, whose probabilities are formed and forgotten.</summary>
internal readonly unsafe struct AttentionBlock<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Queries of one block: enough for the products to run at full rate, few enough that under a causal mask little is computed in vain.</summary>
    private const int MostRows = 64;

    /// <summary>The most entries of one block, where that leaves a row: at a million keys a block has fewer rows, so that its memory is bounded.</summary>
    private const int MostEntries = 1 << 26;

    private readonly AttentionShape _shape;
    private readonly int _batch;
    private readonly int _head;
    private readonly int _first;

    internal AttentionBlock(AttentionShape shape, int batch, int head, int block)
    {
        _shape = shape;
        _batch = batch;
        _head = head;
        _first = block * Rows(shape);
        RowCount = Math.Min(Rows(shape), shape.Queries - _first);
        Columns = shape.Visible(_first + RowCount - 1);
    }

    internal int RowCount { get; }

    /// <summary>Keys that some query of the block sees.</summary>
    internal int Columns { get; }

    internal int Size => RowCount * Columns;

    private int QueryStride => _shape.Heads * _shape.Width;

    private int KeyStride => _shape.Groups * _shape.Width;

    internal static int Count(AttentionShape shape) => (shape.Queries + Rows(shape) - 1) / Rows(shape);

    /// <summary>Queries of one block, the last one excepted.</summary>
    internal static int Rows(AttentionShape shape) => Math.Clamp(MostEntries / Math.Max(1, shape.Keys), 1, MostRows);

    /// <summary>This block's rows of a tensor shaped like q.</summary>
    internal T* Query(T* q) => q + ((((long)_batch * _shape.Queries) + _first) * QueryStride) + ((long)_head * _shape.Width);

    /// <summary>The rows of this block's keys in a tensor shaped like k.</summary>
    internal T* Key(T* k) => k == null ? null : k + ((long)_batch * _shape.Keys * KeyStride) + ((long)(_head / _shape.HeadsPerGroup) * _shape.Width);

    /// <summary>This block's entries of a tensor [batch, heads, queries].</summary>
    internal T* PerQuery(T* values) => values + ((((long)_batch * _shape.Heads) + _head) * _shape.Queries) + _first;

    /// <summary>to [rows, columns] = q k^T, or adds.</summary>
    internal void Scores(T* q, T* k, T* to, bool accumulate) =>
        ProductPlan.Multiply(false, true, RowCount, Columns, _shape.Width, Query(q), QueryStride, Key(k), KeyStride, to, Columns, accumulate);

    /// <summary>The rows of a tensor shaped like q = weights [rows, columns] times rows of one like k, or adds.</summary>
    internal void ToQuery(T* weights, T* k, T* q, bool accumulate) =>
        ProductPlan.Multiply(false, false, RowCount, _shape.Width, Columns, weights, Columns, Key(k), KeyStride, Query(q), QueryStride, accumulate);

    /// <summary>Adds weights^T times the rows of a tensor shaped like q to keys that lie a stride apart.</summary>
    internal void AddToKey(T* weights, T* q, T* keys, int stride) =>
        ProductPlan.Multiply(true, false, Columns, _shape.Width, RowCount, weights, Columns, Query(q), QueryStride, keys, stride, accumulate: true);

    /// <summary>
    /// The probabilities, softmax of the scaled scores. Where asked, for each row the key that has more than half, or -1.
    /// </summary>
    /// <returns>Whether all scores are in range.</returns>
    internal bool Probabilities(T* q, T* k, T* to, int* tops = null)
    {
        T scale = T.CreateTruncating(_shape.Scale);
        bool isInRange = true;
        Scores(q, k, to, accumulate: false);
        for (int row = 0; row < RowCount; row++)
        {
            var all = new Span<T>(to + ((long)row * Columns), Columns);
            var seen = all[..Math.Min(_shape.Visible(_first + row), Columns)];
            all[seen.Length..].Clear();
            if (tops != null)
                tops[row] = -1;
            if (seen.Length == 0)
                continue;
            double sum = Exponential.Row<T>(seen, seen, scale, out _, out bool isFinite);
            isInRange &= isFinite;
            if (tops != null && sum < 2)
                tops[row] = ElementRange.IndexOf<T>(seen, T.One);
            TensorPrimitives.Multiply(seen, T.CreateTruncating(1 / sum), seen);
        }

        return isInRange;
    }

    /// <summary>Takes from each row its value at the key that has more than half, where there is one.</summary>
    internal void Compare(T* values, int* tops)
    {
        for (int row = 0; row < RowCount; row++)
        {
            var span = new Span<T>(values + ((long)row * Columns), Columns);
            if (tops[row] >= 0 && span[tops[row]] != T.Zero)
                TensorPrimitives.Subtract(span, span[tops[row]], span);
        }
    }

    /// <summary>For each row: to = scale p (to - p . to), the Jacobian of softmax, and p . to on request, which is that of the compared values.</summary>
    /// <remarks>A key that has nearly everything leaves differences that its own digits do not show, so values are first compared with that at such a
    /// key.</remarks>
    internal void ThroughSoftmax(T* probabilities, int* tops, T* to, T scale, T* means = null)
    {
        Compare(to, tops);
        for (int row = 0; row < RowCount; row++)
        {
            T* p = probabilities + ((long)row * Columns), values = to + ((long)row * Columns);
            var span = new Span<T>(values, Columns);
            T mean = Dot(p, values, Columns);
            if (means != null)
                means[row] = mean;
            TensorPrimitives.Subtract(span, mean, span);
            TensorPrimitives.Multiply(span, new ReadOnlySpan<T>(p, Columns), span);
            if (scale != T.One)
                TensorPrimitives.Multiply(span, scale, span);
        }
    }

    /// <summary>An inner product over keys: runs in the element type, the runs in double precision.</summary>
    internal static T Dot(T* a, T* b, int count)
    {
        const int Run = 512;
        double sum = 0;
        for (int start = 0; start < count; start += Run)
        {
            int length = Math.Min(Run, count - start);
            sum += double.CreateTruncating(TensorPrimitives.Dot(new ReadOnlySpan<T>(a + start, length), new ReadOnlySpan<T>(b + start, length)));
        }

        return T.CreateTruncating(sum);
    }
}
