using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.TorchSharp.State;

/// <summary>The state of an optimizer of Kappa's in a stream of TorchSharp's: its kind, numbers by name, tensors by name with type and shape.</summary>
internal static class StateBytes
{
    private const string Mark = "Kappa state 1";

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

    /// <summary>Reads what <see cref="Write"/> wrote; the tensors are on the host.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else.</exception>
    internal static OptimizerState Read(BinaryReader reader)
    {
        if (reader.ReadString() != Mark)
            throw new InvalidDataException("the stream holds no state of an optimizer of Kappa's at this place: was it written by another optimizer?");
        var state = new OptimizerState(reader.ReadString());
        int numbers = reader.ReadInt32();
        for (int i = 0; i < numbers; i++)
            state.Add(reader.ReadString(), reader.ReadDouble());
        int tensors = reader.ReadInt32();
        for (int i = 0; i < tensors; i++)
        {
            string name = reader.ReadString();
            var type = Enum.Parse<DataType>(reader.ReadString());
            int[] shape = new int[reader.ReadInt32()];
            for (int axis = 0; axis < shape.Length; axis++)
                shape[axis] = reader.ReadInt32();
            var tensor = Tensor.Zeros(new Shape(shape), type);
            byte[] bytes = reader.ReadBytes(tensor.Count * type.SizeOf());
            if (bytes.Length != tensor.Count * type.SizeOf())
                throw new InvalidDataException($"the stream ends within {name} {tensor.Shape}");
            bytes.CopyTo(tensor.WritableBytes());
            state.Tensors.Add(name, tensor);
        }

        return state;
    }

    /// <summary>Whether two states hold the same bits.</summary>
    internal static bool Same(OptimizerState a, OptimizerState b) => Bytes(a).AsSpan().SequenceEqual(Bytes(b));

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
