using System.Numerics;

namespace Kappa.Tensors.Cpu.Elementwise;

/// <summary>a + b.</summary>
internal readonly struct AddFunction<T> : IZipFunction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector<T> Invoke(Vector<T> a, Vector<T> b) => a + b;

    public T Invoke(T a, T b) => a + b;
}

/// <summary>a - b.</summary>
internal readonly struct SubtractFunction<T> : IZipFunction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector<T> Invoke(Vector<T> a, Vector<T> b) => a - b;

    public T Invoke(T a, T b) => a - b;
}

/// <summary>a * b.</summary>
internal readonly struct MultiplyFunction<T> : IZipFunction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector<T> Invoke(Vector<T> a, Vector<T> b) => a * b;

    public T Invoke(T a, T b) => a * b;
}

/// <summary>a / b.</summary>
internal readonly struct DivideFunction<T> : IZipFunction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector<T> Invoke(Vector<T> a, Vector<T> b) => a / b;

    public T Invoke(T a, T b) => a / b;
}

/// <summary>scale * x + offset.</summary>
internal readonly struct AffineFunction<T>(T scale, T offset) : IMapFunction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector<T> Invoke(Vector<T> x) => (x * scale) + Vector.Create(offset);

    public T Invoke(T x) => (x * scale) + offset;
}

/// <summary>x / divisor.</summary>
internal readonly struct QuotientFunction<T>(T divisor) : IMapFunction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector<T> Invoke(Vector<T> x) => x / Vector.Create(divisor);

    public T Invoke(T x) => x / divisor;
}

/// <summary>scale * x / divisor + offset in double precision, for a number that is out of the range of single.</summary>
internal readonly struct WideAffineFunction(double scale, double divisor, double offset) : IMapFunction<float>
{
    public Vector<float> Invoke(Vector<float> x)
    {
        Span<float> values = stackalloc float[Vector<float>.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = Invoke(x[i]);
        return new Vector<float>(values);
    }

    public float Invoke(float x) => (float)((scale * x / divisor) + offset);
}

/// <summary>max(x, 0), keeping NaN.</summary>
internal readonly struct ReluFunction<T> : IMapFunction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector<T> Invoke(Vector<T> x) => Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), Vector<T>.Zero, x);

    public T Invoke(T x) => x < T.Zero ? T.Zero : x;
}

/// <summary>x, or zero where |x| is below a threshold.</summary>
internal readonly struct FlushFunction<T>(T threshold) : IMapFunction<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Vector<T> Invoke(Vector<T> x) => Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), Vector.Create(threshold)), Vector<T>.Zero, x);

    public T Invoke(T x) => T.Abs(x) < threshold ? T.Zero : x;
}
