using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kappa.Tensors.Cpu.Vectors;

/// <summary>Lanes of <see cref="float"/> in 128-bit vectors.</summary>
internal unsafe struct SingleLanes128 : IVectorLanes<Vector128<float>, float>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, float* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Mask(int count) => Vector128.LessThan(Vector128<int>.Indices, Vector128.Create((int)count)).AsSingle();

    public static Vector128<float> LoadMasked(float* source, Vector128<float> mask)
    {
        var value = Vector128<float>.Zero;
        for (int i = 0; i < Count; i++)
        {
            if (mask.AsInt32()[i] != 0)
                value = value.WithElement(i, source[i]);
        }
        return value;
    }

    public static void StoreMasked(Vector128<float> value, float* destination, Vector128<float> mask)
    {
        for (int i = 0; i < Count; i++)
        {
            if (mask.AsInt32()[i] != 0)
                destination[i] = value[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> NegatedMultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(-a, b, c);
}

/// <summary>Lanes of <see cref="double"/> in 128-bit vectors.</summary>
internal unsafe struct DoubleLanes128 : IVectorLanes<Vector128<double>, double>
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Broadcast(double value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Load(double* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<double> value, double* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Mask(int count) => Vector128.LessThan(Vector128<long>.Indices, Vector128.Create((long)count)).AsDouble();

    public static Vector128<double> LoadMasked(double* source, Vector128<double> mask)
    {
        var value = Vector128<double>.Zero;
        for (int i = 0; i < Count; i++)
        {
            if (mask.AsInt64()[i] != 0)
                value = value.WithElement(i, source[i]);
        }
        return value;
    }

    public static void StoreMasked(Vector128<double> value, double* destination, Vector128<double> mask)
    {
        for (int i = 0; i < Count; i++)
        {
            if (mask.AsInt64()[i] != 0)
                destination[i] = value[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Multiply(Vector128<double> a, Vector128<double> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> MultiplyAdd(Vector128<double> a, Vector128<double> b, Vector128<double> c) => Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> NegatedMultiplyAdd(Vector128<double> a, Vector128<double> b, Vector128<double> c) =>
        Vector128.MultiplyAddEstimate(-a, b, c);
}
