using System.Numerics;
using Kappa.Tensors.Cpu.Elementwise;
using Kappa.Tensors.Cpu.Rows;
using Kappa.Tensors.Kernels;

namespace Kappa.Tensors.Cpu;

/// <content>Elementwise work.</content>
internal sealed unsafe partial class CpuBackend
{
    internal override void Unary(UnaryKernel kernel, Tensor x, Tensor result)
    {
        if (result.DataType == DataType.Float32)
            UnaryFunctions.Run(kernel, x.Pointer<float>(), result.Pointer<float>(), result.Count);
        else
            UnaryFunctions.Run(kernel, x.Pointer<double>(), result.Pointer<double>(), result.Count);
    }

    internal override void UnaryDerivative(UnaryKernel kernel, Tensor x, Tensor y, Tensor gradient, Tensor result)
    {
        if (result.DataType == DataType.Float32)
            UnaryDerivatives.Run(kernel, x.Pointer<float>(), y.Pointer<float>(), gradient.Pointer<float>(), result.Pointer<float>(), result.Count);
        else
            UnaryDerivatives.Run(kernel, x.Pointer<double>(), y.Pointer<double>(), gradient.Pointer<double>(), result.Pointer<double>(), result.Count);
    }

    internal override void Binary(BinaryKernel kernel, Tensor a, Tensor b, Tensor result)
    {
        if (result.Count == 0)
            return;
        if (result.DataType == DataType.Float32)
            BinaryFunctions.Run(kernel, a.Pointer<float>(), a.Shape, b.Pointer<float>(), b.Shape, result.Pointer<float>(), result.Shape);
        else
            BinaryFunctions.Run(kernel, a.Pointer<double>(), a.Shape, b.Pointer<double>(), b.Shape, result.Pointer<double>(), result.Shape);
    }

    internal override void Affine(Tensor x, double scale, double offset, Tensor result)
    {
        if (result.DataType != DataType.Float32)
            Vectorized.Map<double, AffineFunction<double>>(x.Pointer<double>(), result.Pointer<double>(), result.Count, new(scale, offset));
        else if (IsNormal(scale) && IsNormal(offset))
            Vectorized.Map<float, AffineFunction<float>>(x.Pointer<float>(), result.Pointer<float>(), result.Count, new((float)scale, (float)offset));
        else
            Vectorized.Map<float, WideAffineFunction>(x.Pointer<float>(), result.Pointer<float>(), result.Count, new(scale, 1, offset));
    }

    internal override void Divide(Tensor x, double divisor, Tensor result)
    {
        if (result.DataType != DataType.Float32)
            Vectorized.Map<double, QuotientFunction<double>>(x.Pointer<double>(), result.Pointer<double>(), result.Count, new(divisor));
        else if (IsNormal(divisor))
            Vectorized.Map<float, QuotientFunction<float>>(x.Pointer<float>(), result.Pointer<float>(), result.Count, new((float)divisor));
        else
            Vectorized.Map<float, WideAffineFunction>(x.Pointer<float>(), result.Pointer<float>(), result.Count, new(1, divisor, 0));
    }

    internal override void Flush(Tensor x, double threshold)
    {
        if (x.DataType == DataType.Float32)
            Vectorized.Map<float, FlushFunction<float>>(x.Pointer<float>(), x.Pointer<float>(), x.Count, new((float)threshold));
        else
            Vectorized.Map<double, FlushFunction<double>>(x.Pointer<double>(), x.Pointer<double>(), x.Count, new(threshold));
    }

    internal override void ScaledDifference(Tensor? a, Tensor? b, double scale, Tensor result, bool accumulate)
    {
        if (result.DataType == DataType.Float32)
            ScaledDifference<float>(a, b, scale, result, accumulate);
        else
            ScaledDifference<double>(a, b, scale, result, accumulate);
    }

    private static void ScaledDifference<T>(Tensor? a, Tensor? b, double scale, Tensor result, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var chunks = new ScaledDifferenceChunks<T> { A = Of<T>(a ?? b), B = a is null ? null : Of<T>(b), Scale = a is null ? -scale : scale,
            Result = result.Pointer<T>(), Count = result.Count, Accumulate = accumulate };
        RunRows(chunks, Vectorized.Chunks(result.Count), ChunkLength);
    }

    /// <summary>Whether a number keeps its digits in single precision: it is neither too large nor subnormal there.</summary>
    private static bool IsNormal(double value) => float.IsNormal((float)value) || value == 0 || !double.IsFinite(value);

    /// <summary>A row is one chunk of all elements.</summary>
    private struct ScaledDifferenceChunks<T> : IRowFunction
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal T* A, B, Result;
        internal double Scale;
        internal int Count;
        internal bool Accumulate;

        public readonly void Execute(int row)
        {
            int start = row * ChunkLength;
            Widened.Map(A + start, B == null ? null : B + start, null, null, Result + start, Math.Min(ChunkLength, Count - start), Accumulate,
                new ScaledDifferenceFunction(Scale));
        }
    }

    /// <summary>(a - b) scale.</summary>
    private readonly struct ScaledDifferenceFunction(double scale) : IWideFunction
    {
        public static int Inputs => 2;

        public Vector<double> Invoke(Vector<double> a, Vector<double> b, Vector<double> c, Vector<double> d) => (a - b) * new Vector<double>(scale);

        public double Invoke(double a, double b, double c, double d) => (a - b) * scale;
    }
}
