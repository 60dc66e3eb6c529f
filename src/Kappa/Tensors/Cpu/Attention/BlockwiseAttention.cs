using System.Numerics;
using System.Numerics.Tensors;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu.Attention;

/// <summary>Exact attention in blocks of queries: o = softmax(q k^T / sqrt(width)) v, and its derivatives. No more than a block of probabilities exists at a
/// time.</summary>
/// <remarks>
/// Forwards a chunk is one block; backwards it is one key head of one sample, since its blocks add to the same gradients. So no result depends on the
/// number of threads.
/// </remarks>
internal static unsafe class BlockwiseAttention
{
    /// <summary>The output, and whether all scores are in range; if not, it is none.</summary>
    internal static bool Forward<T>(AttentionShape shape, T* q, T* k, T* v, T* output)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int isOut = 0;
        var job = new ForwardJob<T> { Shape = shape, Q = q, K = k, V = v, Output = output, IsOut = &isOut };
        WorkerPool.Run(shape.Batch * shape.Heads * AttentionBlock<T>.Count(shape), ref job);
        return isOut == 0;
    }

    /// <summary>Adds to the gradients of q, k and v, where they are wanted.</summary>
    internal static void Backward<T>(AttentionShape shape, T* q, T* k, T* v, T* gradient, T* gradientQ, T* gradientK, T* gradientV)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var job = new BackwardJob<T>
        {
            Shape = shape, Q = q, K = k, V = v, Gradient = gradient, GradientQ = gradientQ, GradientK = gradientK, GradientV = gradientV,
        };
        WorkerPool.Run(shape.Batch * shape.Groups, ref job);
    }

    /// <summary>The tangents of the output from those of q, k and v, any of which may be absent.</summary>
    internal static void PushForward<T>(AttentionShape shape, int count, T* q, T* k, T* v, T* tangentQ, T* tangentK, T* tangentV, T* result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var job = new PushForwardJob<T>
        {
            Shape = shape, Count = count, Q = q, K = k, V = v, TangentQ = tangentQ, TangentK = tangentK, TangentV = tangentV, Result = result,
        };
        WorkerPool.Run(shape.Batch * shape.Heads * AttentionBlock<T>.Count(shape), ref job);
    }

    /// <summary>Adds to the tangents of the gradients of q, k and v.</summary>
    internal static void BackwardTangent<T>(BackwardTangentJob<T> job)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => WorkerPool.Run(job.Shape.Batch * job.Shape.Groups, ref job);

    private struct ForwardJob<T> : IParallelJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal AttentionShape Shape;
        internal T* Q;
        internal T* K;
        internal T* V;
        internal T* Output;

        /// <summary>Becomes 1 where a score is out of range.</summary>
        internal int* IsOut;

        public readonly void Execute(int chunk)
        {
            var block = BlockOf<T>(Shape, chunk);
            T* p = Workspace.Rent<T>(Workspace.Purpose.Attention, block.Size);
            if (!block.Probabilities(Q, K, p))
                Volatile.Write(ref *IsOut, 1);
            block.ToQuery(p, V, Output, accumulate: false);
        }
    }

    private struct BackwardJob<T> : IParallelJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal AttentionShape Shape;
        internal T* Q;
        internal T* K;
        internal T* V;
        internal T* Gradient;
        internal T* GradientQ;
        internal T* GradientK;
        internal T* GradientV;

        public readonly void Execute(int chunk)
        {
            int blocks = AttentionBlock<T>.Count(Shape);
            int count = Shape.HeadsPerGroup * blocks, rows = AttentionBlock<T>.Rows(Shape);
            nint size = (nint)rows * Shape.Keys;
            T* p = Workspace.Rent<T>(Workspace.Purpose.Attention, (2 * size) + rows + KeySums<T>.Room(Shape, 2));
            T* dp = p + size;
            int* tops = (int*)(dp + size);
            var sums = new KeySums<T>(Shape, dp + size + rows, 2);
            sums.Clear();
            for (int index = 0; index < count; index++)
            {
                var block = BlockOfGroup<T>(Shape, chunk, index);
                T* toK = block.Key(GradientK), toV = block.Key(GradientV);
                _ = block.Probabilities(Q, K, p, tops);
                if (GradientV != null)
                    block.AddToKey(p, Gradient, sums.At(0, toV), sums.Stride);
                sums.Next(index + 1, count, 0, toV);
                if (GradientQ == null && GradientK == null)
                    continue;
                block.Scores(Gradient, V, dp, accumulate: false);
                block.ThroughSoftmax(p, tops, dp, T.CreateTruncating(Shape.Scale));
                if (GradientQ != null)
                    block.ToQuery(dp, K, GradientQ, accumulate: true);
                if (GradientK != null)
                    block.AddToKey(dp, Q, sums.At(1, toK), sums.Stride);
                sums.Next(index + 1, count, 1, toK);
            }
        }
    }

    private struct PushForwardJob<T> : IParallelJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal AttentionShape Shape;
        internal int Count;
        internal T* Q;
        internal T* K;
        internal T* V;
        internal T* TangentQ;
        internal T* TangentK;
        internal T* TangentV;
        internal T* Result;

        public readonly void Execute(int chunk)
        {
            var block = BlockOf<T>(Shape, chunk);
            T* p = Workspace.Rent<T>(Workspace.Purpose.Attention, (2L * block.Size) + AttentionBlock<T>.Rows(Shape));
            T* change = p + block.Size;
            int* tops = (int*)(change + block.Size);
            _ = block.Probabilities(Q, K, p, tops);
            for (int i = 0; i < Count; i++)
            {
                T* result = At(Result, i, Shape.QuerySize);
                bool moved = Change(block, Shape, i, Q, K, TangentQ, TangentK, p, tops, change);
                if (moved)
                    block.ToQuery(change, V, result, accumulate: false);
                if (TangentV != null)
                    block.ToQuery(p, At(TangentV, i, Shape.KeySize), result, accumulate: moved);
            }
        }
    }

    /// <summary>How the gradients of q, k and v change: the arguments, and one chunk of the work.</summary>
    internal struct BackwardTangentJob<T> : IParallelJob
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal AttentionShape Shape;
        internal int Count;
        internal T* Q;
        internal T* K;
        internal T* V;
        internal T* TangentQ;
        internal T* TangentK;
        internal T* TangentV;
        internal T* Gradient;
        internal T* GradientTangent;
        internal T* ResultQ;
        internal T* ResultK;
        internal T* ResultV;

        public readonly void Execute(int chunk)
        {
            int blocks = AttentionBlock<T>.Count(Shape);
            int count = Shape.HeadsPerGroup * blocks, rows = AttentionBlock<T>.Rows(Shape);
            nint size = (nint)rows * Shape.Keys;
            T* p = Workspace.Rent<T>(Workspace.Purpose.Attention, (5 * size) + (2 * rows) + KeySums<T>.Room(Shape, 2 * Count));
            T* means = p + (5 * size);
            int* tops = (int*)(means + rows);
            var sums = new KeySums<T>(Shape, means + (2 * rows), 2 * Count);
            sums.Clear();
            for (int index = 0; index < count; index++)
            {
                var block = BlockOfGroup<T>(Shape, chunk, index);
                Execute(block, sums, p, p + size, p + (2 * size), p + (3 * size), p + (4 * size), means, tops);
                for (int i = 0; i < Count; i++)
                {
                    sums.Next(index + 1, count, 2 * i, block.Key(At(ResultV, i, Shape.KeySize)));
                    sums.Next(index + 1, count, (2 * i) + 1, block.Key(At(ResultK, i, Shape.KeySize)));
                }
            }
        }

        /// <summary>With P the probabilities, D = G V^T the gradient at them, S = P (D - P.D) that at the scores: dP, dD, dS, and what follows.</summary>
        private readonly void Execute(AttentionBlock<T> block, KeySums<T> sums, T* p, T* atP, T* atS, T* changeP, T* changeS, T* means, int* tops)
        {
            T scale = T.CreateTruncating(Shape.Scale);
            bool moves = TangentQ != null || TangentK != null;
            bool wantsScores = ResultQ != null || ResultK != null;
            _ = block.Probabilities(Q, K, p, tops);
            if (Gradient != null && wantsScores && (moves || TangentV != null))
            {
                block.Scores(Gradient, V, atP, accumulate: false);
                block.Compare(atP, tops);
                new Span<T>(atP, block.Size).CopyTo(new Span<T>(atS, block.Size));
                block.ThroughSoftmax(p, tops, atS, T.One, means);
            }

            for (int i = 0; i < Count; i++)
            {
                T* gradientTangent = At(GradientTangent, i, Shape.QuerySize);
                T* toV = sums.At(2 * i, block.Key(At(ResultV, i, Shape.KeySize))), toK = sums.At((2 * i) + 1, block.Key(At(ResultK, i, Shape.KeySize)));
                bool moved = moves && Change(block, Shape, i, Q, K, TangentQ, TangentK, p, tops, changeP);
                if (ResultV != null && moved)
                    block.AddToKey(changeP, Gradient, toV, sums.Stride);
                if (ResultV != null && gradientTangent != null)
                    block.AddToKey(p, gradientTangent, toV, sums.Stride);
                if (!wantsScores || (!moved && gradientTangent == null && TangentV == null))
                    continue;
                ChangeOfScores(block, i, gradientTangent, p, tops, atP, changeS, moved ? changeP : null, means);
                TensorPrimitives.Multiply(new ReadOnlySpan<T>(changeS, block.Size), scale, new Span<T>(changeS, block.Size));
                if (moved)
                    TensorPrimitives.Multiply(new ReadOnlySpan<T>(atS, block.Size), scale, new Span<T>(changeP, block.Size));
                if (ResultQ != null)
                {
                    T* result = At(ResultQ, i, Shape.QuerySize);
                    block.ToQuery(changeS, K, result, accumulate: true);
                    if (TangentK != null)
                        block.ToQuery(changeP, At(TangentK, i, Shape.KeySize), result, accumulate: true);
                }

                if (ResultK != null)
                {
                    block.AddToKey(changeS, Q, toK, sums.Stride);
                    if (TangentQ != null)
                        block.AddToKey(changeP, At(TangentQ, i, Shape.QuerySize), toK, sums.Stride);
                }
            }
        }

        /// <summary>dS = dP (D - P.D) + P (dD - P.dD - dP.D), with dD = dG V^T + G dV^T.</summary>
        private readonly void ChangeOfScores(AttentionBlock<T> block, int i, T* gradientTangent, T* p, int* tops, T* atP, T* changeS, T* changeP, T* means)
        {
            bool any = false;
            if (gradientTangent != null)
            {
                block.Scores(gradientTangent, V, changeS, accumulate: false);
                any = true;
            }

            if (TangentV != null)
            {
                block.Scores(Gradient, At(TangentV, i, Shape.KeySize), changeS, accumulate: any);
                any = true;
            }

            if (!any)
                new Span<T>(changeS, block.Size).Clear();
            else
                block.ThroughSoftmax(p, tops, changeS, T.One);
            if (changeP == null)
                return;
            for (int row = 0; row < block.RowCount; row++)
            {
                int start = row * block.Columns;
                var to = new Span<T>(changeS + start, block.Columns);
                var d = new ReadOnlySpan<T>(atP + start, block.Columns);
                var dp = new ReadOnlySpan<T>(changeP + start, block.Columns);
                T change = AttentionBlock<T>.Dot(changeP + start, atP + start, block.Columns);
                TensorPrimitives.FusedMultiplyAdd(dp, d, to, to);
                TensorPrimitives.FusedMultiplyAdd(dp, -means[row], to, to);
                TensorPrimitives.FusedMultiplyAdd(new ReadOnlySpan<T>(p + start, block.Columns), -change, to, to);
            }
        }
    }

    private static T* At<T>(T* batch, int index, long size)
        where T : unmanaged
    {
        return batch == null ? null : batch + (index * size);
    }

    /// <summary>How the probabilities change: P (dS - P.dS) with dS = (dq k^T + q dk^T) / sqrt(width); whether they do.</summary>
    private static bool Change<T>(AttentionBlock<T> block, AttentionShape shape, int i, T* q, T* k, T* tangentQ, T* tangentK, T* p, int* tops, T* change)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (tangentQ == null && tangentK == null)
            return false;
        if (tangentQ != null)
            block.Scores(At(tangentQ, i, shape.QuerySize), k, change, accumulate: false);
        if (tangentK != null)
            block.Scores(q, At(tangentK, i, shape.KeySize), change, accumulate: tangentQ != null);
        block.ThroughSoftmax(p, tops, change, T.CreateTruncating(shape.Scale));
        return true;
    }

    /// <summary>Chunk number over batch, head and block.</summary>
    private static AttentionBlock<T> BlockOf<T>(AttentionShape shape, int chunk)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (row, block) = Math.DivRem(chunk, AttentionBlock<T>.Count(shape));
        return new AttentionBlock<T>(shape, row / shape.Heads, row % shape.Heads, block);
    }

    /// <summary>One of the blocks that share a key head.</summary>
    private static AttentionBlock<T> BlockOfGroup<T>(AttentionShape shape, int chunk, int index)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (batch, group) = Math.DivRem(chunk, shape.Groups);
        var (head, block) = Math.DivRem(index, AttentionBlock<T>.Count(shape));
        return new AttentionBlock<T>(shape, batch, (group * shape.HeadsPerGroup) + head, block);
    }
}
