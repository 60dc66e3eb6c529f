using System.Numerics;
using System.Numerics.Tensors;

namespace Kappa.Tensors.Cpu;

/// <content>Normalisation of rows, rotation of pairs, and attention.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void Normalize(Tensor x, bool center, double epsilon, int length, Tensor y, Tensor scales)
    {
        if (x.DataType == DataType.Float32)
            RunRows(new NormalizeRows<float> { X = x.Pointer<float>(), Y = y.Pointer<float>(), Scales = scales.Pointer<float>(), Center = center, Epsilon = (float)epsilon, Length = length }, scales.Count, length);
        else
            RunRows(new NormalizeRows<double> { X = x.Pointer<double>(), Y = y.Pointer<double>(), Scales = scales.Pointer<double>(), Center = center, Epsilon = epsilon, Length = length }, scales.Count, length);
    }

    internal override void NormalizeDerivative(bool center, Tensor y, Tensor scales, Tensor gradient, int length, Tensor result, bool accumulate)
    {
        if (y.DataType == DataType.Float32)
            RunRows(NormalizeDerivativeRows<float>.Of(center, y, scales, gradient, length, result, accumulate), scales.Count, length);
        else
            RunRows(NormalizeDerivativeRows<double>.Of(center, y, scales, gradient, length, result, accumulate), scales.Count, length);
    }

    internal override void NormalizeCurvature(bool center, Tensor y, Tensor scales, Tensor tangent, Tensor gradient, int length, Tensor result)
    {
        if (y.DataType == DataType.Float32)
            RunRows(NormalizeCurvatureRows<float>.Of(center, y, scales, tangent, gradient, length, result), scales.Count, length);
        else
            RunRows(NormalizeCurvatureRows<double>.Of(center, y, scales, tangent, gradient, length, result), scales.Count, length);
    }

    internal override void Rotate(Tensor x, Tensor cosines, Tensor sines, int positions, int heads, int width, bool inverse, Tensor result)
    {
        int rows = width == 0 ? 0 : x.Count / width;
        if (x.DataType == DataType.Float32)
            RunRows(new RotateRows<float> { X = x.Pointer<float>(), Cosines = cosines.Pointer<float>(), Sines = sines.Pointer<float>(), Result = result.Pointer<float>(), Positions = positions, Heads = heads, Half = width / 2, Inverse = inverse }, rows, width);
        else
            RunRows(new RotateRows<double> { X = x.Pointer<double>(), Cosines = cosines.Pointer<double>(), Sines = sines.Pointer<double>(), Result = result.Pointer<double>(), Positions = positions, Heads = heads, Half = width / 2, Inverse = inverse }, rows, width);
    }

    /// <summary>Runs a function of rows in parallel chunks of a fixed number of rows.</summary>
    private static void RunRows<TFunction>(TFunction function, int rows, int length)
        where TFunction : struct, IRowFunction
    {
        var job = new RowJob<TFunction> { Function = function, Rows = rows, RowsPerChunk = Math.Max(1, ChunkLength / Math.Max(1, length)) };
        WorkerPool.Run((rows + job.RowsPerChunk - 1) / job.RowsPerChunk, ref job);
    }

    private interface IRowFunction
    {
        void Execute(int row);
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

    /// <summary>y = (x - mean) r with r = 1 / sqrt(mean((x - mean)^2) + epsilon); without the means when not centred.</summary>
    private struct NormalizeRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* X;
        internal T* Y;
        internal T* Scales;
        internal bool Center;
        internal T Epsilon;
        internal int Length;

        public readonly void Execute(int row)
        {
            var x = new ReadOnlySpan<T>(X + ((long)row * Length), Length);
            var y = new Span<T>(Y + ((long)row * Length), Length);
            T length = T.CreateTruncating(Length);
            if (Center)
            {
                TensorPrimitives.Subtract(x, TensorPrimitives.Sum(x) / length, y);
                x = y;
            }

            T scale = T.One / T.Sqrt((TensorPrimitives.SumOfSquares(x) / length) + Epsilon);
            Scales[row] = scale;
            TensorPrimitives.Multiply(x, scale, y);
        }
    }

    /// <summary>r (g - mean(g) - y mean(g y)): the Jacobian, which is symmetric, so this serves both directions.</summary>
    private struct NormalizeDerivativeRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private T* _y;
        private T* _scales;
        private T* _gradient;
        private T* _result;
        private bool _center;
        private bool _accumulate;
        private int _length;

        internal static NormalizeDerivativeRows<T> Of(bool center, Tensor y, Tensor scales, Tensor gradient, int length, Tensor result, bool accumulate) => new()
        {
            _y = y.Pointer<T>(),
            _scales = scales.Pointer<T>(),
            _gradient = gradient.Pointer<T>(),
            _result = result.Pointer<T>(),
            _center = center,
            _accumulate = accumulate,
            _length = length,
        };

        public readonly void Execute(int row)
        {
            long start = (long)row * _length;
            Apply(_center, new(_y + start, _length), _scales[row], new(_gradient + start, _length), new(_result + start, _length), _accumulate);
        }

        internal static void Apply(bool center, ReadOnlySpan<T> y, T scale, ReadOnlySpan<T> gradient, Span<T> result, bool accumulate)
        {
            T length = T.CreateTruncating(y.Length);
            T along = TensorPrimitives.Dot(gradient, y) / length;
            T mean = center ? TensorPrimitives.Sum(gradient) / length : T.Zero;
            if (accumulate)
            {
                TensorPrimitives.FusedMultiplyAdd(y, -scale * along, result, result);
            }
            else
            {
                TensorPrimitives.Multiply(y, -scale * along, result);
            }

            TensorPrimitives.FusedMultiplyAdd(gradient, scale, result, result);
            if (center)
                TensorPrimitives.Add(result, -scale * mean, result);
        }
    }

    /// <summary>
    /// Adds how the above changes along a tangent dx of the input: dr (g - mean(g) - y mean(g y)) - r (dy mean(g y) + y mean(g dy)),
    /// with dy = J dx and dr = -r^2 mean(y dx).
    /// </summary>
    private struct NormalizeCurvatureRows<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private T* _y;
        private T* _scales;
        private T* _tangent;
        private T* _gradient;
        private T* _result;
        private bool _center;
        private int _length;

        internal static NormalizeCurvatureRows<T> Of(bool center, Tensor y, Tensor scales, Tensor tangent, Tensor gradient, int length, Tensor result) => new()
        {
            _y = y.Pointer<T>(),
            _scales = scales.Pointer<T>(),
            _tangent = tangent.Pointer<T>(),
            _gradient = gradient.Pointer<T>(),
            _result = result.Pointer<T>(),
            _center = center,
            _length = length,
        };

        public readonly void Execute(int row)
        {
            long start = (long)row * _length;
            var y = new ReadOnlySpan<T>(_y + start, _length);
            var tangent = new ReadOnlySpan<T>(_tangent + start, _length);
            var gradient = new ReadOnlySpan<T>(_gradient + start, _length);
            var result = new Span<T>(_result + start, _length);
            T length = T.CreateTruncating(_length);
            T scale = _scales[row];
            var change = new Span<T>(Workspace.Rent<T>(Workspace.Purpose.Row, _length), _length);
            NormalizeDerivativeRows<T>.Apply(_center, y, scale, tangent, change, accumulate: false);
            T along = TensorPrimitives.Dot(gradient, y) / length;
            T turned = TensorPrimitives.Dot<T>(gradient, change) / length;
            T mean = _center ? TensorPrimitives.Sum(gradient) / length : T.Zero;
            T scaleChange = -scale * scale * TensorPrimitives.Dot(y, tangent) / length;
            TensorPrimitives.FusedMultiplyAdd(gradient, scaleChange, result, result);
            TensorPrimitives.FusedMultiplyAdd(y, (-scaleChange * along) - (scale * turned), result, result);
            TensorPrimitives.FusedMultiplyAdd(change, -scale * along, result, result);
            if (_center)
                TensorPrimitives.Add(result, -scaleChange * mean, result);
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
