using System.Numerics;
using System.Runtime.CompilerServices;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Rows;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <content>Comparisons and what is picked by them.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void Compare(Comparison comparison, Tensor a, Tensor b, Tensor result)
    {
        switch (a.DataType)
        {
            case DataType.Float32: Compare<float>(comparison, a, b, result); break;
            case DataType.Float64: Compare<double>(comparison, a, b, result); break;
            case DataType.Int64: Compare<long>(comparison, a, b, result); break;
            default: Compare<int>(comparison, a, b, result); break;
        }
    }

    internal override void Where(Tensor condition, Tensor? a, Tensor? b, Tensor result)
    {
        if (result.DataType.SizeOf() == 4)
            Where<int>(condition, a, b, result);
        else
            Where<long>(condition, a, b, result);
    }

    internal override void ArgMax(Tensor x, int outer, int length, int inner, bool smallest, Tensor result)
    {
        if (x.DataType == DataType.Float32)
            RunRows(new BestRows<float> { X = x.Pointer<float>(), Length = length, Inner = inner, Smallest = smallest, Places = result.Pointer<int>() },
                outer * inner, length);
        else
            RunRows(new BestRows<double> { X = x.Pointer<double>(), Length = length, Inner = inner, Smallest = smallest, Places = result.Pointer<int>() },
                outer * inner, length);
    }

    internal override void TopK(Tensor x, int outer, int length, int inner, int k, bool smallest, Tensor values, Tensor places, Tensor indices)
    {
        if (x.DataType == DataType.Float32)
            TopK<float>(x, outer, length, inner, k, smallest, values, places, indices);
        else
            TopK<double>(x, outer, length, inner, k, smallest, values, places, indices);
    }

    private static void TopK<T>(Tensor x, int outer, int length, int inner, int k, bool smallest, Tensor values, Tensor places, Tensor indices)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RunRows(new BestRows<T>
        {
            X = x.Pointer<T>(), Length = length, Inner = inner, Smallest = smallest, K = k, Values = values.Pointer<T>(), Places = places.Pointer<int>(),
            Indices = indices.Pointer<int>(),
        }, outer * inner, length);
    }

    private static void Compare<T>(Comparison comparison, Tensor a, Tensor b, Tensor result)
        where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        RunRows(new ComparisonChunks<T> { Comparison = comparison, A = a.Pointer<T>(), B = b.Pointer<T>(), Result = result.Pointer<int>(),
            Count = result.Count }, Vectorized.Chunks(result.Count), ChunkLength);
    }

    private static void Where<T>(Tensor condition, Tensor? a, Tensor? b, Tensor result)
        where T : unmanaged
    {
        RunRows(new WhereChunks<T> { Condition = condition.Pointer<int>(), A = Bits<T>(a), B = Bits<T>(b), Result = Bits<T>(result), Count = result.Count },
            Vectorized.Chunks(result.Count), ChunkLength);
    }

    private static T* Bits<T>(Tensor? tensor)
        where T : unmanaged
    {
        return tensor is null ? null : (T*)tensor.Pointer<byte>();
    }

    /// <summary>A row is one chunk of all elements.</summary>
    private struct ComparisonChunks<T> : IRowFunction
        where T : unmanaged, IComparisonOperators<T, T, bool>
    {
        internal Comparison Comparison;
        internal T* A, B;
        internal int* Result;
        internal int Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int row)
        {
            int start = row * ChunkLength, n = Math.Min(ChunkLength, Count - start);
            T* a = A + start, b = B + start;
            int* y = Result + start;
#pragma warning disable CS1718 // NaN is not equal to itself.
            switch (Comparison)
            {
                case Comparison.Equal: for (int i = 0; i < n; i++) y[i] = a[i] == b[i] ? 1 : 0; break;
                case Comparison.NotEqual: for (int i = 0; i < n; i++) y[i] = a[i] != b[i] ? 1 : 0; break;
                case Comparison.Less: for (int i = 0; i < n; i++) y[i] = a[i] < b[i] ? 1 : 0; break;
                case Comparison.LessEqual: for (int i = 0; i < n; i++) y[i] = a[i] <= b[i] ? 1 : 0; break;
                case Comparison.Greater: for (int i = 0; i < n; i++) y[i] = a[i] > b[i] ? 1 : 0; break;
                case Comparison.GreaterEqual: for (int i = 0; i < n; i++) y[i] = a[i] >= b[i] ? 1 : 0; break;
                case Comparison.TakesMaximum: for (int i = 0; i < n; i++) y[i] = a[i] >= b[i] | a[i] != a[i] ? 1 : 0; break;
                default: for (int i = 0; i < n; i++) y[i] = a[i] <= b[i] | a[i] != a[i] ? 1 : 0; break;
            }
#pragma warning restore CS1718
        }
    }

    /// <summary>A row is one chunk of all elements.</summary>
    private struct WhereChunks<T> : IRowFunction
        where T : unmanaged
    {
        internal int* Condition;
        internal T* A, B, Result;
        internal int Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Execute(int row)
        {
            int i = row * ChunkLength, end = i + Math.Min(ChunkLength, Count - i);
            if (sizeof(T) == sizeof(int))
            {
                Vector<int> a = default, b = default;
                for (; i <= end - Vector<int>.Count; i += Vector<int>.Count)
                {
                    if (A != null)
                        a = Vector.Load((int*)A + i);
                    if (B != null)
                        b = Vector.Load((int*)B + i);
                    Vector.ConditionalSelect(Vector.Equals(Vector.Load(Condition + i), Vector<int>.Zero), b, a).Store((int*)Result + i);
                }
            }

            for (; i < end; i++)
            {
                T* from = Condition[i] != 0 ? A : B;
                Result[i] = from == null ? default : from[i];
            }
        }
    }

    /// <summary>The best along the middle axis of [outer, length, inner]: a row is one entry of the outer and the inner axis.</summary>
    private struct BestRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* X, Values;
        internal int* Places, Indices;
        internal int Length, Inner, K;
        internal bool Smallest;

        public readonly void Execute(int row)
        {
            int outer = Math.DivRem(row, Inner, out int column), start = (outer * Length * Inner) + column;
            if (Values == null)
            {
                Places[row] = Best(X + start);
                return;
            }

            int[] found = new int[K];
            if (K * 8L <= Length || K <= 8)
                Insert(X + start, found);
            else
                Sort(X + start, found);
            for (int i = 0; i < K; i++)
            {
                int to = (((outer * K) + i) * Inner) + column, from = start + (found[i] * Inner);
                (Values[to], Places[to], Indices[to]) = (X[from], found[i], from);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly int Best(T* x)
        {
            int best = 0;
            for (int i = 1; i < Length; i++)
            {
                if (IsBetter(x[(long)i * Inner], x[(long)best * Inner]))
                    best = i;
            }

            return best;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly bool IsBetter(T a, T b) => Smallest ? a < b : a > b;

        /// <summary>Keeps the best so far in order; few of a long row get in.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Insert(T* x, int[] found)
        {
            int count = 0;
            for (int i = 0; i < Length; i++)
            {
                T value = x[(long)i * Inner];
                if (count == K && !IsBetter(value, x[(long)found[K - 1] * Inner]))
                    continue;
                int at = count < K ? count++ : K - 1;
                for (; at > 0 && IsBetter(value, x[(long)found[at - 1] * Inner]); at--)
                    found[at] = found[at - 1];
                found[at] = i;
            }
        }

        private readonly void Sort(T* x, int[] found)
        {
            var keys = new (T Value, int Place)[Length];
            for (int i = 0; i < Length; i++)
                keys[i] = (x[(long)i * Inner], i);
            bool smallest = Smallest;
            Array.Sort(keys, (a, b) =>
            {
                int order = smallest ? a.Value.CompareTo(b.Value) : b.Value.CompareTo(a.Value);
                return order != 0 ? order : a.Place.CompareTo(b.Place);
            });
            for (int i = 0; i < found.Length; i++)
                found[i] = keys[i].Place;
        }
    }
}
