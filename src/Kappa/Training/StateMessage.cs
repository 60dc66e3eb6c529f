using System.Text;
using Kappa.Optimizers;
using Kappa.Tensors;

namespace Kappa.Training;

/// <summary>Parts of an optimizer's state as bytes, for another process.</summary>
internal static class StateMessage
{
    /// <summary>The tensors and numbers of some names.</summary>
    internal static byte[] Write(OptimizerState state, Func<string, bool> isWritten)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        var tensors = state.Tensors.Where(pair => isWritten(pair.Key)).ToArray();
        var numbers = state.Numbers.Where(pair => isWritten(pair.Key)).ToArray();
        writer.Write(tensors.Length);
        foreach (var (name, tensor) in tensors)
        {
            var bytes = tensor.OnHost().Bytes;
            writer.Write(name);
            writer.Write((int)tensor.DataType);
            writer.Write(tensor.Rank);
            for (int axis = 0; axis < tensor.Rank; axis++)
                writer.Write(tensor.Shape[axis]);
            writer.Write(bytes);
        }
        writer.Write(numbers.Length);
        foreach (var (name, number) in numbers)
        {
            writer.Write(name);
            writer.Write(number);
        }
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>A whole state: some names of one's own, and what others wrote.</summary>
    internal static OptimizerState Merge(OptimizerState own, Func<string, bool> isOwn, byte[][] others)
    {
        using var outside = TensorScope.Suspend();
        var merged = new OptimizerState(own.Kind);
        foreach (var (name, tensor) in own.Tensors.Where(pair => isOwn(pair.Key)))
            merged.Tensors.Add(name, tensor);
        foreach (var (name, number) in own.Numbers.Where(pair => isOwn(pair.Key)))
            merged.Add(name, number);
        foreach (byte[] message in others.Where(message => message.Length > 0))
        {
            using var reader = new BinaryReader(new MemoryStream(message), Encoding.UTF8);
            for (int left = reader.ReadInt32(); left > 0; left--)
            {
                string name = reader.ReadString();
                var type = (DataType)reader.ReadInt32();
                int[] shape = new int[reader.ReadInt32()];
                for (int axis = 0; axis < shape.Length; axis++)
                    shape[axis] = reader.ReadInt32();
                var tensor = Tensor.Zeros(new Shape(shape), type);
                reader.BaseStream.ReadExactly(tensor.WritableBytes());
                merged.Tensors.Add(name, tensor);
            }
            for (int left = reader.ReadInt32(); left > 0; left--)
                merged.Add(reader.ReadString(), reader.ReadDouble());
        }
        return merged;
    }
}
