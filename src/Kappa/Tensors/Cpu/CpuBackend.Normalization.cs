using System.Numerics;
using Kappa.Tensors.Cpu.Rows;
using Kappa.Tensors.Cpu.Threads;

namespace Kappa.Tensors.Cpu;

/// <content>Normalisation of rows, and rotation of pairs.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void Normalize(Tensor x, bool center, double epsilon, int length, Tensor y, Tensor statistics)
    {
        if (x.DataType == DataType.Float32)
            Normalize<float>(x, center, epsilon, length, y, statistics);
        else
            Normalize<double>(x, center, epsilon, length, y, statistics);
    }

    internal override void NormalizeDerivative(
        bool center, double epsilon, Tensor x, Tensor statistics, Tensor gradient, int length, Tensor result, bool accumulate)
    {
        if (x.DataType == DataType.Float32)
        {
            RunRows(new NormalizeDerivativeRows<float> { Center = center, Rows = RowsOf<float>(x, statistics, length), Gradient = gradient.Pointer<float>(),
                Result = result.Pointer<float>(), Accumulate = accumulate }, statistics.Shape[0], length);
        }
        else
        {
            RunRows(new NormalizeDerivativeRows<double> { Center = center, Rows = RowsOf<double>(x, statistics, length), Gradient = gradient.Pointer<double>(),
                Result = result.Pointer<double>(), Accumulate = accumulate }, statistics.Shape[0], length);
        }
    }

    internal override void NormalizeCurvature(
        bool center, double epsilon, Tensor x, Tensor statistics, Tensor tangent, Tensor gradient, int length, Tensor result)
    {
        if (x.DataType == DataType.Float32)
        {
            RunRows(new NormalizeCurvatureRows<float> { Center = center, Rows = RowsOf<float>(x, statistics, length), Tangent = tangent.Pointer<float>(),
                Gradient = gradient.Pointer<float>(), Result = result.Pointer<float>() }, statistics.Shape[0], length);
        }
        else
        {
            RunRows(new NormalizeCurvatureRows<double> { Center = center, Rows = RowsOf<double>(x, statistics, length), Tangent = tangent.Pointer<double>(),
                Gradient = gradient.Pointer<double>(), Result = result.Pointer<double>() }, statistics.Shape[0], length);
        }
    }

    internal override void Rotate(Tensor x, Tensor cosines, Tensor sines, int positions, int heads, int width, bool inverse, Tensor result)
    {
        int rows = width == 0 ? 0 : x.Count / width;
        if (x.DataType == DataType.Float32)
        {
            RunRows(new RotateRows<float> { X = x.Pointer<float>(), Cosines = cosines.Pointer<float>(), Sines = sines.Pointer<float>(),
                Result = result.Pointer<float>(), Positions = positions, Heads = heads, Half = width / 2, Inverse = inverse }, rows, width);
        }
        else
        {
            RunRows(new RotateRows<double> { X = x.Pointer<double>(), Cosines = cosines.Pointer<double>(), Sines = sines.Pointer<double>(),
                Result = result.Pointer<double>(), Positions = positions, Heads = heads, Half = width / 2, Inverse = inverse }, rows, width);
        }
    }

    private static void Normalize<T>(Tensor x, bool center, double epsilon, int length, Tensor y, Tensor statistics)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        RunRows(new NormalizeRows<T> { Rows = RowsOf<T>(x, statistics, length), Y = y.Pointer<T>(), Center = center, Epsilon = epsilon },
            statistics.Shape[0], length);

    private static NormalizedRows<T> RowsOf<T>(Tensor x, Tensor statistics, int length)
        where T : unmanaged => new() { X = x.Pointer<T>(), Statistics = statistics.Pointer<double>(), Length = length };

    /// <summary>Runs a function of rows in parallel chunks of a fixed number of rows.</summary>
    private static void RunRows<TFunction>(TFunction function, int rows, int length)
        where TFunction : struct, IRowFunction
    {
        var job = new RowJob<TFunction> { Function = function, Rows = rows, RowsPerChunk = Math.Max(1, ChunkLength / Math.Max(1, length)) };
        WorkerPool.Run((rows + job.RowsPerChunk - 1) / job.RowsPerChunk, ref job);
    }

    private struct RowJob<TFunction> : IParallelJob
        where TFunction : struct, IRowFunction
    {
        internal TFunction Function;
        internal int Rows;
        internal int RowsPerChunk;

        public readonly void Execute(int chunk)
        {
            int end = Math.Min((chunk + 1) * RowsPerChunk, Rows);
            for (int row = chunk * RowsPerChunk; row < end; row++)
                Function.Execute(row);
        }
    }

    /// <summary>Turns the pairs (x[i], x[i + half]) of a row by the angles of its position, or back.</summary>
    private struct RotateRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* X;
        internal T* Cosines;
        internal T* Sines;
        internal T* Result;
        internal int Positions;
        internal int Heads;
        internal int Half;
        internal bool Inverse;

        public readonly void Execute(int row)
        {
            int position = row / Heads % Positions;
            T* x = X + (2L * row * Half);
            T* to = Result + (2L * row * Half);
            T* cosines = Cosines + ((long)position * Half);
            T* sines = Sines + ((long)position * Half);
            int i = 0;
            for (; i <= Half - Vector<T>.Count; i += Vector<T>.Count)
            {
                var (a, b) = (Vector.Load(x + i), Vector.Load(x + Half + i));
                var (c, s) = (Vector.Load(cosines + i), Vector.Load(sines + i));
                s = Inverse ? -s : s;
                Vector.Store((a * c) + (b * s), to + i);
                Vector.Store((b * c) - (a * s), to + Half + i);
            }

            for (; i < Half; i++)
            {
                var (a, b) = (x[i], x[Half + i]);
                T s = Inverse ? -sines[i] : sines[i];
                to[i] = (a * cosines[i]) + (b * s);
                to[Half + i] = (b * cosines[i]) - (a * s);
            }
        }
    }
}
