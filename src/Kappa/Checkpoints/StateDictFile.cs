using System.Runtime.InteropServices;
using Kappa.Networks;
using Kappa.Tensors;

namespace Kappa.Checkpoints;

/// <summary>Turns named tensors into the entries of a safetensors file, and back.</summary>
internal static class StateDictFile
{
    internal static SafeTensorsEntry[] Entries(StateDict state)
    {
        SafeTensorsFormat.RequireLittleEndian();
        return [.. state.Select(
            pair => new SafeTensorsEntry(
            pair.Key, TypeOf(pair.Value.DataType), [.. pair.Value.Shape.ToArray().Select(length => (long)length)], BytesOfTensor.View(pair.Value)))];
    }

    internal static StateDict Read(SafeTensorsContents contents)
    {
        SafeTensorsFormat.RequireLittleEndian();
        using var outside = TensorScope.Suspend();
        var result = new StateDict();
        foreach (var entry in contents.Entries)
            result.Add(entry.Name, Read(contents.FilePath, entry));
        return result;
    }

    private static SafeTensorsType TypeOf(DataType type) => type switch
    {
        DataType.Float32 => SafeTensorsType.F32,
        DataType.Float64 => SafeTensorsType.F64,
        DataType.Int64 => SafeTensorsType.I64,
        _ => SafeTensorsType.I32,
    };

    private static Tensor Read(string path, SafeTensorsEntry entry)
    {
        var type = entry.Type switch
        {
            SafeTensorsType.F32 or SafeTensorsType.F16 or SafeTensorsType.BF16 => DataType.Float32,
            SafeTensorsType.F64 => DataType.Float64,
            SafeTensorsType.I32 => DataType.Int32,
            SafeTensorsType.I64 => DataType.Int64,
            _ => throw new SafeTensorsException(path, entry.Name, "a tensor of F32, F64, I32, I64, F16 or BF16", $"{entry.Type}; convert it before loading"),
        };
        var tensor = Tensor.Uninitialized(ShapeOf(path, entry), type);
        switch (entry.Type)
        {
            case SafeTensorsType.F16:
                Widen(entry.Bytes, tensor.WritableValues<float>(), bits => (float)BitConverter.UInt16BitsToHalf(bits));
                break;
            case SafeTensorsType.BF16:
                Widen(entry.Bytes, tensor.WritableValues<float>(), bits => BitConverter.UInt32BitsToSingle((uint)bits << 16));
                break;
            default:
                entry.Bytes.CopyTo(tensor.WritableBytes());
                break;
        }

        return tensor;
    }

    private static void Widen(ReadOnlySpan<byte> bytes, Span<float> values, Func<ushort, float> convert)
    {
        var halves = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (int i = 0; i < halves.Length; i++)
            values[i] = convert(halves[i]);
    }

    private static Shape ShapeOf(string path, SafeTensorsEntry entry)
    {
        string described = $"[{string.Join(", ", entry.Shape.Take(Shape.MaxRank + 1))}{(entry.Shape.Length > Shape.MaxRank + 1 ? ", ..." : "")}]";
        if (entry.Shape.Length > Shape.MaxRank || Array.Exists(entry.Shape, length => length > int.MaxValue))
            throw new SafeTensorsException(path, entry.Name, $"at most {Shape.MaxRank} axes of at most {int.MaxValue}", described);
        try
        {
            return new Shape([.. entry.Shape.Select(length => (int)length)]);
        }
        catch (TensorShapeException error)
        {
            throw new SafeTensorsException(path, entry.Name, $"a tensor of at most {int.MaxValue} elements", described, error);
        }
    }
}
