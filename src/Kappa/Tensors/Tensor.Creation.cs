using System.Diagnostics;
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
    /// <param name="device">Where it is to be; null for the host.</param>
    public static Tensor Zeros(Shape shape, DataType type = DataType.Float32, Device? device = null)
    {
        if (device is null or { IsHost: true })
            return new Tensor(StoragePool.Rent((long)shape.Count * type.SizeOf(), zeroed: true), shape, type);
        var result = Uninitialized(shape, type, device);
        result.Clear();
        return result;
    }

    /// <summary>A tensor of ones.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="device">Where it is to be; null for the host.</param>
    public static Tensor Ones(Shape shape, DataType type = DataType.Float32, Device? device = null) => Full(shape, 1, type, device);

    /// <summary>A tensor whose elements are all the same.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="value">The value, converted to the element type.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="device">Where it is to be; null for the host.</param>
    public static Tensor Full(Shape shape, double value, DataType type = DataType.Float32, Device? device = null)
    {
        var result = Uninitialized(shape, type, device);
        result.Backend.Fill(result, value);
        return result;
    }

    /// <summary>A scalar.</summary>
    /// <param name="value">Its value.</param>
    /// <param name="type">Its element type.</param>
    /// <param name="device">Where it is to be; null for the host.</param>
    public static Tensor Scalar(double value, DataType type = DataType.Float32, Device? device = null) => Full([], value, type, device);

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
    /// <param name="device">Where it is to be; null for the host.</param>
    public static Tensor Normal(
        Shape shape, Philox generator, double mean = 0, double standardDeviation = 1, DataType type = DataType.Float32, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        var result = Uninitialized(shape, RequireFloating(type, "Tensor.Normal"), device);
        result.Backend.FillNormal(result, generator, mean, standardDeviation);
        return result;
    }

    /// <summary>Independent uniform samples from [low, high).</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="generator">Where the randomness comes from; it advances.</param>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    /// <param name="type">A floating element type.</param>
    /// <param name="device">Where it is to be; null for the host.</param>
    public static Tensor Uniform(
        Shape shape, Philox generator, double low = 0, double high = 1, DataType type = DataType.Float32, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        var result = Uninitialized(shape, RequireFloating(type, "Tensor.Uniform"), device);
        result.Backend.FillUniform(result, generator, low, high);
        return result;
    }

    /// <summary>The elements, row-major, to read and to write in place. Valid while the tensor is; writing is not recorded.</summary>
    /// <typeparam name="T">The type that matches <see cref="DataType"/>.</typeparam>
    /// <exception cref="TensorShapeException">The type does not match: nothing is converted silently.</exception>
    /// <exception cref="InvalidOperationException">The tensor is not on the host: copy it there with <see cref="To(Device)"/>.</exception>
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
    /// <exception cref="InvalidOperationException">The tensor is not on the host: copy it there with <see cref="To(Device)"/>.</exception>
    public unsafe ReadOnlySpan<T> ReadOnlyValues<T>()
        where T : unmanaged
    {
        RequireElements<T>();
        return new ReadOnlySpan<T>(Pointer<T>(), Count);
    }

    /// <summary>The elements as a new array, row-major: a copy on the host, wherever the tensor is.</summary>
    /// <typeparam name="T">The type that matches <see cref="DataType"/>.</typeparam>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        RequireElements<T>();
        var result = new T[Count];
        Storage.CopyTo(_start, MemoryMarshal.AsBytes(result.AsSpan()));
        return result;
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
        var result = New(Shape);
        result.Backend.Copy(this, result);
        return result;
    }

    /// <summary>A copy with another element type. Not differentiated; <see cref="Cast"/> is.</summary>
    /// <param name="type">The element type of the result. Floating values become integers by truncation.</param>
    public Tensor To(DataType type)
    {
        if (type == DataType)
            return Clone();
        var result = New(Shape, type);
        result.Backend.Convert(this, result);
        return result;
    }

    /// <summary>A copy on a device, the same one or another. Not differentiated: move what is computed from, not what was computed.</summary>
    /// <param name="device">Where the copy is to be.</param>
    public Tensor To(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device == Device)
            return Clone();
        var result = Uninitialized(Shape, DataType, device);
        result.CopyFromInPlace(this);
        return result;
    }

    /// <summary>This tensor where it is on the device already, and a copy there where not: what a batch goes through on its way to a model. Not
    /// differentiated.</summary>
    /// <param name="device">Where the elements are to be.</param>
    public Tensor On(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device == Device ? this : To(device);
    }

    /// <summary>Overwrites the values. Not recorded.</summary>
    /// <param name="source">Same shape and element type, on any device.</param>
    public void CopyFromInPlace(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Shape != Shape || source.DataType != DataType)
            throw new TensorShapeException($"CopyFromInPlace: expected {Shape} {DataType}; got {source.Shape} {source.DataType}");
        if (source.Device == Device)
        {
            Backend.Copy(source, this);
            return;
        }

        MarkChanged();
        if (source.Device.IsHost)
            Storage.CopyFrom(_start, source.Bytes);
        else if (Device.IsHost)
            source.Storage.CopyTo(source._start, WritableBytes());
        else
            CopyThroughHost(source);
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
    internal void Clear()
    {
        MarkChanged();
        Storage.Clear(_start, (long)Count * DataType.SizeOf());
    }

    /// <summary>Makes a range of elements zero.</summary>
    internal void ClearRange(int start, int length)
    {
        MarkChanged();
        int size = DataType.SizeOf();
        Storage.Clear(_start + ((long)start * size), (long)length * size);
    }

    internal static Tensor Uninitialized(Shape shape, DataType type, Device? device = null) => device is null || device.IsHost
        ? new(StoragePool.Rent((long)shape.Count * type.SizeOf()), shape, type)
        : new(device.Backend.Allocate(type, shape.Count), shape, type);

    /// <summary>A tensor of this one's type on its device, with any values.</summary>
    internal Tensor New(Shape shape) => Uninitialized(shape, DataType, Device);

    /// <summary>A tensor on this one's device, with any values.</summary>
    internal Tensor New(Shape shape, DataType type) => Uninitialized(shape, type, Device);

    /// <summary>Zeros of this one's type on its device.</summary>
    internal Tensor NewZeros(Shape shape) => Zeros(shape, DataType, Device);

    /// <summary>This tensor where it is on the host, and a copy of it there where not.</summary>
    internal Tensor OnHost() => Device.IsHost ? this : To(Device.Cpu);

    /// <summary>The first index whose value is NaN or infinite, or -1.</summary>
    internal int FirstNonFinite() => DataType.IsFloating() ? Backend.FirstNonFinite(this) : -1;

    /// <summary>One element. On another device than the host it is a copy of a few bytes, and waits for what is being computed there: not for loops.</summary>
    internal double ElementAsDouble(int index)
    {
        Span<byte> copy = stackalloc byte[sizeof(double)];
        int size = DataType.SizeOf();
        scoped ReadOnlySpan<byte> element;
        if (Device.IsHost)
        {
            element = Bytes.Slice(index * size, size);
        }
        else
        {
            Debug.Assert((uint)index < (uint)Count, "an element outside of the tensor");
            Storage.CopyTo(_start + ((long)index * size), copy[..size]);
            element = copy;
        }

        return DataType switch
        {
            DataType.Float32 => MemoryMarshal.Read<float>(element),
            DataType.Float64 => MemoryMarshal.Read<double>(element),
            DataType.Int64 => MemoryMarshal.Read<long>(element),
            _ => MemoryMarshal.Read<int>(element),
        };
    }

    /// <summary>Writes one element: on another device than the host a copy of a few bytes.</summary>
    internal void SetElement(int index, double value)
    {
        Span<byte> element = stackalloc byte[sizeof(double)];
        int size = DataType.SizeOf();
        switch (DataType)
        {
            case DataType.Float32: MemoryMarshal.Write(element, (float)value); break;
            case DataType.Float64: MemoryMarshal.Write(element, value); break;
            case DataType.Int64: MemoryMarshal.Write(element, checked((long)value)); break;
            default: MemoryMarshal.Write(element, checked((int)value)); break;
        }

        MarkChanged();
        if (Device.IsHost)
            element[..size].CopyTo(WritableBytes().Slice(index * size, size));
        else
            Storage.CopyFrom(_start + ((long)index * size), element[..size]);
    }

    private void CopyThroughHost(Tensor source)
    {
        using var copy = Uninitialized(Shape, DataType);
        copy.CopyFromInPlace(source);
        Storage.CopyFrom(_start, copy.Bytes);
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
