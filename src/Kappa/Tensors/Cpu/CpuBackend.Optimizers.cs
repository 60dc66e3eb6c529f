using System.Numerics.Tensors;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Reductions;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Tensors.Cpu.Updates;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <content>Updates of optimizers: all tensors of a step in one parallel region.</content>
internal sealed unsafe partial class CpuBackend
{
    [ThreadStatic]
    private static int[]? _firstChunks;

    [ThreadStatic]
    private static double[]? _sums;

    internal override double SumOfSquares(Tensor?[] tensors, double scale)
    {
        var firstChunks = FirstChunks(tensors.Length);
        int chunks = 0;
        long elements = 0;
        for (int i = 0; i < tensors.Length; i++)
        {
            firstChunks[i] = chunks;
            chunks += Vectorized.Chunks(tensors[i]?.Count ?? 0);
            elements += tensors[i]?.Count ?? 0;
        }

        if (_sums is null || _sums.Length < chunks)
            _sums = new double[Math.Max(2 * chunks, 64)];
        var job = new SumOfSquaresJob { Tensors = tensors, FirstChunks = firstChunks, Sums = _sums, Scale = scale };
        RunChunks(chunks, elements, ref job);
        double sum = 0;
        for (int i = 0; i < chunks; i++)
            sum += _sums[i];
        return sum;
    }

    internal override double LargestMagnitude(Tensor x)
    {
        if (x.Count == 0)
            return 0;
        return x.DataType == DataType.Float32
            ? Math.Abs(TensorPrimitives.MaxMagnitude(new ReadOnlySpan<float>(x.Pointer<float>(), x.Count)))
            : Math.Abs(TensorPrimitives.MaxMagnitude(new ReadOnlySpan<double>(x.Pointer<double>(), x.Count)));
    }

    internal override void AdamW(AdamWUpdate[] updates, int count) => RunUpdates<AdamWUpdate, AdamWKernel>(updates, count);

    internal override void Sgd(SgdUpdate[] updates, int count) => RunUpdates<SgdUpdate, SgdKernel>(updates, count);

    internal override void Signum(SignumUpdate[] updates, int count) => RunUpdates<SignumUpdate, SignumKernel>(updates, count);

    internal override void Sign(Tensor x)
    {
        var job = new SignJob { X = x };
        RunChunks(Vectorized.Chunks(x.Count), x.Count, ref job);
    }

    internal override void DivideByRootMeanSquare(Tensor x, Tensor secondMoment, double decay, double epsilon)
    {
        var job = new RootMeanSquareJob { X = x, SecondMoment = secondMoment, Decay = decay, Epsilon = epsilon };
        RunChunks(Vectorized.Chunks(x.Count), x.Count, ref job);
    }

    internal override void Momentum(Tensor gradient, double scale, Tensor momentum, double decay, bool nesterov, Tensor result)
    {
        var job = new MomentumJob { Gradient = gradient, Scale = scale, Mean = momentum, Decay = decay, Nesterov = nesterov, Result = result };
        RunChunks(Vectorized.Chunks(result.Count), result.Count, ref job);
    }

    private static void RunUpdates<TUpdate, TKernel>(TUpdate[] updates, int count)
        where TUpdate : struct
        where TKernel : struct, IUpdateKernel<TUpdate>
    {
        var firstChunks = FirstChunks(count);
        int chunks = 0;
        long elements = 0;
        for (int i = 0; i < count; i++)
        {
            int length = TKernel.ValueOf(in updates[i]).Count;
            firstChunks[i] = chunks;
            chunks += Vectorized.Chunks(length);
            elements += length;
        }

        var job = new UpdateJob<TUpdate, TKernel> { Updates = updates, FirstChunks = firstChunks, Count = count };
        RunChunks(chunks, elements, ref job);
    }

    /// <summary>A small network takes a few microseconds: handing its chunks out costs more than doing them.</summary>
    private static void RunChunks<TJob>(int chunks, long elements, ref TJob job)
        where TJob : struct, IParallelJob
    {
        if (elements > 3 * ChunkLength)
        {
            WorkerPool.Run(chunks, ref job);
            return;
        }

        for (int chunk = 0; chunk < chunks; chunk++)
            job.Execute(chunk);
    }

    private static int[] FirstChunks(int count) =>
        _firstChunks is { } spare && spare.Length >= count ? spare : _firstChunks = new int[Math.Max(2 * count, 16)];

    /// <summary>Which tensor a chunk belongs to, and its range there. Tensors without elements own no chunk.</summary>
    private static int Locate(int[] firstChunks, int count, int chunk, out int start)
    {
        int index = Array.BinarySearch(firstChunks, 0, count, chunk);
        if (index < 0)
            index = ~index - 1;
        // A tensor without elements begins where the next one does.
        while (index + 1 < count && firstChunks[index + 1] == chunk)
            index++;
        start = (chunk - firstChunks[index]) * ChunkLength;
        return index;
    }

    private struct SumOfSquaresJob : IParallelJob
    {
        internal Tensor?[] Tensors;
        internal int[] FirstChunks;
        internal double[] Sums;
        internal double Scale;

        public readonly void Execute(int chunk)
        {
            var tensor = Tensors[Locate(FirstChunks, Tensors.Length, chunk, out int start)]!;
            int length = Math.Min(ChunkLength, tensor.Count - start);
            Sums[chunk] = tensor.DataType == DataType.Float32
                ? SquareKernels.Sum(tensor.Pointer<float>() + start, length, Scale)
                : SquareKernels.Sum(tensor.Pointer<double>() + start, length, Scale);
        }
    }

    /// <summary>The updates of all tensors of a step, a chunk at a time.</summary>
    private struct UpdateJob<TUpdate, TKernel> : IParallelJob
        where TUpdate : struct
        where TKernel : struct, IUpdateKernel<TUpdate>
    {
        internal TUpdate[] Updates;
        internal int[] FirstChunks;
        internal int Count;

        public readonly void Execute(int chunk)
        {
            ref readonly var update = ref Updates[Locate(FirstChunks, Count, chunk, out int start)];
            TKernel.Run(in update, start, Math.Min(ChunkLength, TKernel.ValueOf(in update).Count - start));
        }
    }

    private struct SignJob : IParallelJob
    {
        internal Tensor X;

        public readonly void Execute(int chunk)
        {
            int start = chunk * ChunkLength;
            int length = Math.Min(ChunkLength, X.Count - start);
            if (X.DataType == DataType.Float32)
                SignKernels.Sign(X.Pointer<float>() + start, length);
            else
                SignKernels.Sign(X.Pointer<double>() + start, length);
        }
    }

    private struct RootMeanSquareJob : IParallelJob
    {
        internal Tensor X;
        internal Tensor SecondMoment;
        internal double Decay;
        internal double Epsilon;

        public readonly void Execute(int chunk)
        {
            int start = chunk * ChunkLength;
            int length = Math.Min(ChunkLength, X.Count - start);
            if (X.DataType == DataType.Float32)
            {
                OptimizerKernels.DivideByRootMeanSquare(
                    X.Pointer<float>() + start, SecondMoment.Pointer<float>() + start, (float)Decay, (float)(1 - Decay), (float)Epsilon, length);
            }
            else
                OptimizerKernels.DivideByRootMeanSquare(X.Pointer<double>() + start, SecondMoment.Pointer<double>() + start, Decay, 1 - Decay, Epsilon, length);
        }
    }

    private struct MomentumJob : IParallelJob
    {
        internal Tensor Gradient;
        internal double Scale;
        internal Tensor Mean;
        internal double Decay;
        internal bool Nesterov;
        internal Tensor Result;

        public readonly void Execute(int chunk)
        {
            int start = chunk * ChunkLength;
            int length = Math.Min(ChunkLength, Result.Count - start);
            if (Result.DataType == DataType.Float32)
            {
                OptimizerKernels.Momentum(
                    Gradient.Pointer<float>() + start, (float)Scale, Mean.Pointer<float>() + start, (float)Decay, Nesterov,
                    Result.Pointer<float>() + start, length);
            }
            else
            {
                OptimizerKernels.Momentum(
                    Gradient.Pointer<double>() + start, Scale, Mean.Pointer<double>() + start, Decay, Nesterov, Result.Pointer<double>() + start, length);
            }
        }
    }
}
