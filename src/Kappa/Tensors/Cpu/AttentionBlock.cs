using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

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
    internal T* Key(T* k) => k + ((long)_batch * _shape.Keys * KeyStride) + ((long)(_head / _shape.HeadsPerGroup) * _shape.Width);

    /// <summary>This block's entries of a tensor [batch, heads, queries].</summary>
    internal T* PerQuery(T* values) => values + ((((long)_batch * _shape.Heads) + _head) * _shape.Queries) + _first;

    /// <summary>to [rows, columns] = q k^T, or adds.</summary>
    internal void Scores(T* q, T* k, T* to, bool accumulate) =>
        ProductPlan.Multiply(false, true, RowCount, Columns, _shape.Width, Query(q), QueryStride, Key(k), KeyStride, to, Columns, accumulate);

    /// <summary>The rows of a tensor shaped like q = weights [rows, columns] times rows of one like k, or adds.</summary>
    internal void ToQuery(T* weights, T* k, T* q, bool accumulate) =>
        ProductPlan.Multiply(false, false, RowCount, _shape.Width, Columns, weights, Columns, Key(k), KeyStride, Query(q), QueryStride, accumulate);

    /// <summary>Adds weights^T times the rows of a tensor shaped like q to one like k.</summary>
    internal void AddToKey(T* weights, T* q, T* k) =>
        ProductPlan.Multiply(true, false, Columns, _shape.Width, RowCount, weights, Columns, Query(q), QueryStride, Key(k), KeyStride, accumulate: true);

    /// <summary>Softmax of the scaled scores, in place, and for each row the logarithm of the sum of exponentials, the largest taken out.</summary>
    internal void Normalize(T* scores, T* logSums)
    {
        T scale = T.CreateTruncating(_shape.Scale);
        T* logSum = PerQuery(logSums);
        for (int row = 0; row < RowCount; row++)
        {
            var all = new Span<T>(scores + ((long)row * Columns), Columns);
            var seen = all[..Math.Min(_shape.Visible(_first + row), Columns)];
            all[seen.Length..].Clear();
            if (seen.Length == 0)
                continue;
            T largest = TensorPrimitives.Max<T>(seen) * scale;
            T sum = Exponential.Apply(seen, scale, largest);
            TensorPrimitives.Multiply(seen, T.One / sum, seen);
            logSum[row] = T.Log(sum);
        }
    }

    /// <summary>The probabilities again, from the scores and the normalisers.</summary>
    internal void Probabilities(T* q, T* k, T* logSums, T* to)
    {
        T scale = T.CreateTruncating(_shape.Scale);
        T* logSum = PerQuery(logSums);
        Scores(q, k, to, accumulate: false);
        for (int row = 0; row < RowCount; row++)
        {
            var all = new Span<T>(to + ((long)row * Columns), Columns);
            var seen = all[..Math.Min(_shape.Visible(_first + row), Columns)];
            all[seen.Length..].Clear();
            if (seen.Length == 0)
                continue;
            _ = Exponential.Apply(seen, scale, TensorPrimitives.Max<T>(seen) * scale);
            TensorPrimitives.Multiply(seen, T.Exp(-logSum[row]), seen);
        }
    }

    /// <summary>For each row: to = scale p (to - p . to), the Jacobian of softmax, and p . to on request.</summary>
    internal void ThroughSoftmax(T* probabilities, T* to, T scale, T* means = null)
    {
        for (int row = 0; row < RowCount; row++)
        {
            var p = new ReadOnlySpan<T>(probabilities + ((long)row * Columns), Columns);
            var values = new Span<T>(to + ((long)row * Columns), Columns);
            T mean = TensorPrimitives.Dot(p, values);
            if (means != null)
                means[row] = mean;
            TensorPrimitives.Subtract(values, mean, values);
            TensorPrimitives.Multiply(values, p, values);
            if (scale != T.One)
                TensorPrimitives.Multiply(values, scale, values);
        }
    }
}
