using System.Runtime.InteropServices;
using Kappa.Randomness;
using Kappa.Tensors.Memory;

namespace Kappa.Tensors;

/// <content>Making tensors and reading them.</content>
public sealed partial class Tensor
{
    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="type">Its element type.</param>
    public static Tensor Zeros(Shape shape, DataType type = DataType.Float32)
    {
        var result = Uninitialized(shape, type);
        result.Clear();
        return result;
    }

    /// <summary>A tensor of ones.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="type">Its element type.</param>
    public static Tensor Ones(Shape shape, DataType type = DataType.Float32) => Full(shape, 1, type);

    /// <summary>A tensor whose elements are all the same.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="value">The value, converted to the element type.</param>
    /// <param name="type">Its element type.</param>
    public static Tensor Full(Shape shape, double value, DataType type = DataType.Float32)
    {
        var result = Uninitialized(shape, type);
        switch (type)
        {
            case DataType.Float32: result.WritableValues<float>().Fill((float)value); break;
            case DataType.Float64: result.WritableValues<double>().Fill(value); break;
            case DataType.Int64: result.WritableValues<long>().Fill(checked((long)value)); break;
            default: result.WritableValues<int>().Fill(checked((int)value)); break;
        }

        return result;
    }

    /// <summary>A scalar.</summary>
    /// <param name="value">Its value.</param>
    /// <param name="type">Its element type.</param>
    public static Tensor Scalar(double value, DataType type = DataType.Float32) => Full([], value, type);

    /// <summary>A tensor with a copy of the given numbers.</summary>
    /// <typeparam name="T">float, double, int or long: decides the element type.</typeparam>
    /// <param name="values">The elements, row-major.</param>
    /// <param name="shape">The shape; its count is the number of values.</param>
    /// <exception cref="TensorShapeException">The count of the shape is not the number of values.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape)
        where T : unmanaged
    {
        if (values.Length != shape.Count)
            throw new TensorShapeException($"Tensor.From: the shape {shape} has {shape.Count} elements; got {values.Length} values");
        var result = Uninitialized(shape, DataTypes.Of<T>());
        values.CopyTo(result.WritableValues<T>());
        return result;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape)"/>
    public static Tensor From<T>(T[] values, Shape shape)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return From((ReadOnlySpan<T>)values, shape);
    }

    /// <summary>A vector with a copy of the given numbers.</summary>
    /// <typeparam name="T">float, double, int or long: decides the element type.</typeparam>
    /// <param name="values">The elements.</param>
    public static Tensor From<T>(params T[] values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return From((ReadOnlySpan<T>)values, [values.Length]);
    }

    /// <summary>Independent normal samples.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="generator">Where the randomness comes from; it advances.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="standardDeviation">The standard deviation, zero or more.</param>
    /// <param name="type">A floating element type.</param>
    public static Tensor Normal(Shape shape, Philox generator, double mean = 0, double standardDeviation = 1, DataType type = DataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(generator);
        var result = Uninitialized(shape, RequireFloating(type, "Tensor.Normal"));
        if (type == DataType.Float32)
            generator.FillNormal(result.WritableValues<float>(), (float)mean, (float)standardDeviation);
        else
            generator.FillNormal(result.WritableValues<double>(), mean, standardDeviation);
        return result;
    }

    /// <summary>Independent uniform samples from [low, high).</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="generator">Where the randomness comes from; it advances.</param>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    /// <param name="type">A floating element type.</param>
    public static Tensor Uniform(Shape shape, Philox generator, double low = 0, double high = 1, DataType type = DataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(generator);
        var result = Uninitialized(shape, RequireFloating(type, "Tensor.Uniform"));
        if (type == DataType.Float32)
            generator.FillUniform(result.WritableValues<float>(), (float)low, (float)high);
        else
            generator.FillUniform(result.WritableValues<double>(), low, high);
        return result;
    }

    /// <summary>The elements, row-major, to read and to write in place. Valid while the tensor is; writing is not recorded.</summary>
    /// <typeparam name="T">The type that matches <see cref="DataType"/>.</typeparam>
    /// <exception cref="TensorShapeException">The type does not match: nothing is converted silently.</exception>
    /// <remarks>
    /// An operation that saved these values for its gradient goes by their checksum from here on, since they may now change unseen: that costs a pass over them
    /// for each operation and each backward pass. Where reading is all that is meant, <see cref="ReadOnlyValues{T}"/> costs nothing.
    /// </remarks>
    public unsafe Span<T> Values<T>()
        where T : unmanaged
    {
        RequireElements<T>();
        Storage.Expose();
        return new Span<T>(Pointer<T>(), Count);
    }

    /// <summary>The elements, row-major, to read. Valid while the tensor is.</summary>
    /// <typeparam name="T">The type that matches <see cref="DataType"/>.</typeparam>
    /// <exception cref="TensorShapeException">The type does not match: nothing is converted silently.</exception>
    public unsafe ReadOnlySpan<T> ReadOnlyValues<T>()
        where T : unmanaged
    {
        RequireElements<T>();
        return new ReadOnlySpan<T>(Pointer<T>(), Count);
    }

    /// <summary>The elements as a new array, row-major.</summary>
    /// <typeparam name="T">The type that matches <see cref="DataType"/>.</typeparam>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        return ReadOnlyValues<T>().ToArray();
    }

    /// <summary>The value of a tensor that has one element.</summary>
    /// <exception cref="TensorShapeException">It has more, or none.</exception>
    public double ToDouble()
    {
        if (Count != 1)
            throw new TensorShapeException($"ToDouble takes a tensor with one element; got {Shape}");
        return ElementAsDouble(0);
    }

    /// <summary>A copy of the values that shares no memory and no history with this tensor.</summary>
    public Tensor Clone()
    {
        var result = Uninitialized(Shape, DataType);
        Bytes.CopyTo(result.WritableBytes());
        return result;
    }

    /// <summary>A copy with another element type. Not differentiated.</summary>
    /// <param name="type">The element type of the result. Floating values become integers by truncation.</param>
    public Tensor To(DataType type)
    {
        if (type == DataType)
            return Clone();
        var result = Uninitialized(Shape, type);
        if (type == DataType.Float64 && DataType == DataType.Float32)
        {
            System.Numerics.Tensors.TensorPrimitives.ConvertTruncating<float, double>(ReadOnlyValues<float>(), result.WritableValues<double>());
            return result;
        }

        for (int i = 0; i < Count; i++)
            result.SetElement(i, ElementAsDouble(i));
        return result;
    }

    /// <summary>Overwrites the values. Not recorded.</summary>
    /// <param name="source">Same shape and element type.</param>
    public void CopyFromInPlace(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Shape != Shape || source.DataType != DataType)
            throw new TensorShapeException($"CopyFromInPlace: expected {Shape} {DataType}; got {source.Shape} {source.DataType}");
        source.Bytes.CopyTo(WritableBytes());
    }

    /// <summary>The elements as bytes, to read.</summary>
    internal unsafe ReadOnlySpan<byte> Bytes => new(Pointer<byte>(), Count * DataType.SizeOf());

    /// <summary>The elements as bytes, to write now: the span must not outlive the statement it was asked for in.</summary>
    internal unsafe Span<byte> WritableBytes()
    {
        MarkChanged();
        return new(Pointer<byte>(), Count * DataType.SizeOf());
    }

    /// <summary>The elements, to read and to write now: unlike <see cref="Values{T}"/> it counts as one change, made before anybody else reads them.</summary>
    internal unsafe Span<T> WritableValues<T>()
        where T : unmanaged
    {
        RequireElements<T>();
        MarkChanged();
        return new Span<T>(Pointer<T>(), Count);
    }

    /// <summary>Makes all elements zero.</summary>
    internal void Clear() => WritableBytes().Clear();

    internal static Tensor Uninitialized(Shape shape, DataType type) =>
        new(StoragePool.Rent((long)shape.Count * type.SizeOf()), shape, type);

    /// <summary>The first index whose value is NaN or infinite, or -1.</summary>
    internal int FirstNonFinite()
    {
        if (!DataType.IsFloating())
            return -1;
        for (int i = 0; i < Count; i++)
        {
            if (!double.IsFinite(ElementAsDouble(i)))
                return i;
        }

        return -1;
    }

    internal double ElementAsDouble(int index) => DataType switch
    {
        DataType.Float32 => MemoryMarshal.Cast<byte, float>(Bytes)[index],
        DataType.Float64 => MemoryMarshal.Cast<byte, double>(Bytes)[index],
        DataType.Int64 => MemoryMarshal.Cast<byte, long>(Bytes)[index],
        _ => MemoryMarshal.Cast<byte, int>(Bytes)[index],
    };

    internal void SetElement(int index, double value)
    {
        switch (DataType)
        {
            case DataType.Float32: WritableValues<float>()[index] = (float)value; break;
            case DataType.Float64: WritableValues<double>()[index] = value; break;
            case DataType.Int64: WritableValues<long>()[index] = checked((long)value); break;
            default: WritableValues<int>()[index] = checked((int)value); break;
        }
    }

    private void RequireElements<T>()
        where T : unmanaged
    {
        if (DataTypes.Of<T>() != DataType)
        {
            throw new TensorShapeException(
                $"{Description} holds {DataType} elements; Values<{typeof(T).Name}> asks for {DataTypes.Of<T>()}. Convert with To({DataTypes.Of<T>()})");
        }
    }

    private static DataType RequireFloating(DataType type, string operation) =>
        type.IsFloating() ? type : throw new TensorShapeException($"{operation}: expected Float32 or Float64; got {type}");
}
