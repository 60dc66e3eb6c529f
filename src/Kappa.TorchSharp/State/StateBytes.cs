using System.Text;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.TorchSharp.State;

/// <summary>The state of an optimizer of Kappa's in a stream of TorchSharp's: its kind, numbers by name, tensors by name with type and shape.</summary>
internal static class StateBytes
{
    private const string Mark = "Kappa state 1";
    private const int LongestText = 1 << 16;

    internal static void Write(BinaryWriter writer, OptimizerState state)
    {
        writer.Write(Mark);
        writer.Write(state.Kind);
        writer.Write(state.Numbers.Count);
        foreach (var (name, value) in state.Numbers)
        {
            writer.Write(name);
            writer.Write(value);
        }

        writer.Write(state.Tensors.Count());
        foreach (var (name, tensor) in state.Tensors)
        {
            writer.Write(name);
            writer.Write(tensor.DataType.ToString());
            writer.Write(tensor.Rank);
            foreach (int length in tensor.Shape.ToArray())
                writer.Write(length);
            writer.Write(BytesOf(tensor));
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote; the tensors are on the host. Nothing is allocated that the rest of a stream that knows its length does
    /// not hold.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else.</exception>
    internal static OptimizerState Read(BinaryReader reader)
    {
        try
        {
            if (Text(reader) != Mark)
                throw new InvalidDataException("the stream holds no state of an optimizer of Kappa's at this place: was it written by another optimizer?");
            var state = new OptimizerState(Text(reader));
            int numbers = Count(reader, "numbers", int.MaxValue);
            for (int i = 0; i < numbers; i++)
                state.Add(Text(reader), reader.ReadDouble());
            int tensors = Count(reader, "tensors", int.MaxValue);
            for (int i = 0; i < tensors; i++)
                state.Tensors.Add(Text(reader), ReadTensor(reader));
            return state;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or EndOfStreamException)
        {
            throw new InvalidDataException($"the stream holds no whole state of an optimizer: {error.Message} Save it again", error);
        }
    }

    /// <summary>Whether two states hold the same bits.</summary>
    internal static bool Same(OptimizerState a, OptimizerState b) => Bytes(a).AsSpan().SequenceEqual(Bytes(b));

    private static Tensor ReadTensor(BinaryReader reader)
    {
        string name = Text(reader);
        if (!Enum.TryParse<DataType>(name, out var type) || type.ToString() != name)
            throw new InvalidDataException($"expected the type of a tensor, such as {DataType.Float32}; got \"{name}\"");
        int[] lengths = new int[Count(reader, "axes", Shape.MaxRank)];
        for (int axis = 0; axis < lengths.Length; axis++)
            lengths[axis] = Count(reader, "elements of an axis", int.MaxValue);
        var shape = new Shape(lengths);
        byte[] bytes = Bytes(reader, (long)shape.Count * type.SizeOf(), $"a tensor {shape} {type}");
        var tensor = Tensor.Zeros(shape, type);
        bytes.CopyTo(tensor.WritableBytes());
        return tensor;
    }

    /// <summary>A text as <see cref="BinaryWriter.Write(string)"/> writes it.</summary>
    private static string Text(BinaryReader reader)
    {
        int length = reader.Read7BitEncodedInt();
        return length is >= 0 and <= LongestText
            ? Encoding.UTF8.GetString(Bytes(reader, length, "a text"))
            : throw new InvalidDataException($"expected a text of at most {LongestText} bytes; got one of {length}");
    }

    private static int Count(BinaryReader reader, string what, int most)
    {
        int count = reader.ReadInt32();
        return count >= 0 && count <= most ? count : throw new InvalidDataException($"expected 0 to {most} {what}; got {count}");
    }

    private static byte[] Bytes(BinaryReader reader, long count, string what)
    {
        var stream = reader.BaseStream;
        if (count > Array.MaxLength || (stream.CanSeek && count > stream.Length - stream.Position))
            throw new InvalidDataException($"the stream ends within {what} of {count} bytes");
        byte[] bytes = reader.ReadBytes((int)count);
        return bytes.Length == count ? bytes : throw new InvalidDataException($"the stream ends within {what} of {count} bytes");
    }

    private static byte[] Bytes(OptimizerState state)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        Write(writer, state);
        writer.Flush();
        return stream.ToArray();
    }

    private static byte[] BytesOf(Tensor tensor)
    {
        byte[] result = new byte[tensor.Count * tensor.DataType.SizeOf()];
        tensor.Storage.CopyTo(tensor.StartByte, result);
        return result;
    }
}
