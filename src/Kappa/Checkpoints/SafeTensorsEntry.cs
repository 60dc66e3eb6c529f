using System.Runtime.InteropServices;

namespace Kappa.Checkpoints;

/// <summary>One tensor of a safetensors file: a name, a type, a shape and little-endian, row-major bytes.</summary>
public sealed class SafeTensorsEntry
{
    /// <summary>A tensor given as bytes. Nothing is copied.</summary>
    /// <param name="name">The name; not the reserved <c>__metadata__</c>.</param>
    /// <param name="type">The element type.</param>
    /// <param name="shape">The dimensions, none negative; empty for a scalar.</param>
    /// <param name="data">The elements, little-endian, row-major: element size times the product of the shape bytes.</param>
    /// <exception cref="ArgumentException">The name is reserved, the type unknown, a dimension negative, or the bytes do not fill the shape.</exception>
    public SafeTensorsEntry(string name, SafeTensorsType type, long[] shape, ReadOnlyMemory<byte> data)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(shape);
        if (!Enum.IsDefined(type))
        {
            throw new ArgumentException($"Expected one of {string.Join(", ", SafeTensorsTypes.Names)}, got {(int)type}.", nameof(type));
        }
        if (name == SafeTensorsFormat.MetadataKey)
        {
            throw new ArgumentException($"Expected a tensor name, got the reserved \"{name}\"; choose another.", nameof(name));
        }
        if (type.ByteCount(shape) is not long expected || expected != data.Length)
        {
            string demand = type.ByteCount(shape) is long count ? $"{count} bytes" : "a shape without negative or overflowing dimensions";
            throw new ArgumentException(
                $"Tensor {SafeTensorsException.Quote(name)}: expected {demand} for {type} [{string.Join(", ", shape)}], got {data.Length} bytes.",
                nameof(data));
        }
        (Name, Type, Shape, Data) = (name, type, shape, data);
    }

    /// <summary>The name, unique in its file.</summary>
    public string Name { get; }

    /// <summary>The element type.</summary>
    public SafeTensorsType Type { get; }

    /// <summary>The dimensions; empty for a scalar. Not to be changed.</summary>
    public long[] Shape { get; }

    /// <summary>The elements, little-endian, row-major.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The elements as bytes.</summary>
    public ReadOnlySpan<byte> Bytes => Data.Span;

    /// <summary>A tensor of .NET numbers. Nothing is copied; the memory must not change until the file is written.</summary>
    /// <typeparam name="T">float, double, Half, or an integer of 8 to 64 bits.</typeparam>
    /// <param name="name">The name; not the reserved <c>__metadata__</c>.</param>
    /// <param name="shape">The dimensions, none negative; empty for a scalar.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <returns>The entry, with the type that <typeparamref name="T"/> is laid out as.</returns>
    /// <exception cref="ArgumentException">The name is reserved, a dimension is negative, or the values do not fill the shape.</exception>
    /// <exception cref="NotSupportedException">No safetensors type is laid out as <typeparamref name="T"/>, or 2 GiB are exceeded.</exception>
    public static SafeTensorsEntry Create<T>(string name, long[] shape, ReadOnlyMemory<T> values)
        where T : unmanaged
    {
        SafeTensorsFormat.RequireLittleEndian();
        return new(name, SafeTensorsTypes.Of<T>(), shape, BytesOfMemory<T>.View(values));
    }

    /// <summary>The elements as .NET numbers, without a copy.</summary>
    /// <typeparam name="T">The .NET type of exactly the entry's type: no conversion is made.</typeparam>
    /// <returns>The elements, row-major.</returns>
    /// <exception cref="InvalidOperationException">The entry has another type.</exception>
    /// <exception cref="NotSupportedException">No safetensors type is laid out as <typeparamref name="T"/>.</exception>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged
    {
        SafeTensorsFormat.RequireLittleEndian();
        if (SafeTensorsTypes.Of<T>() != Type)
        {
            throw new InvalidOperationException(
                $"Tensor {SafeTensorsException.Quote(Name)} holds {Type}, asked for {SafeTensorsTypes.Of<T>()}; no conversion is made silently.");
        }
        return MemoryMarshal.Cast<byte, T>(Bytes);
    }
}
