namespace Kappa.Fuzz.Mutation;

/// <summary>Changes of a protocol buffer by its fields. What could be a message within another is taken for one, and lengths are put right.</summary>
internal static class WireChanges
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;
    private const int MostDepth = 8;

    private static readonly ulong[] Edges =
        [0, 1, 2, 3, 7, 8, 9, 10, 11, 16, 17, 20, 64, 127, 128, 1 << 16, int.MaxValue, 1UL << 31, uint.MaxValue, long.MaxValue, 1UL << 63, ulong.MaxValue];

    /// <summary>One change; of bytes that are no such buffer one of <see cref="ByteChanges"/>.</summary>
    internal static List<byte> Change(List<byte> bytes, IReadOnlyList<byte[]> pool, Philox random)
    {
        if (Parse([.. bytes], MostDepth) is not { Count: > 0 } fields)
            return ByteChanges.Change(bytes, pool, random);
        var (list, at) = Pick(fields, random);
        var field = list[at];
        switch (random.NextInt32(7))
        {
            case 0:
                list.RemoveAt(at);
                break;
            case 1:
                list.Insert(random.NextInt32(list.Count + 1), field);
                break;
            case 2:
                int other = random.NextInt32(list.Count);
                (list[at], list[other]) = (list[other], list[at]);
                break;
            case 3:
                list[at] = field with { Number = 1 + random.NextInt32(20) };
                break;
            case 4 when Parse(pool[random.NextInt32(pool.Count)], MostDepth) is { Count: > 0 } strange:
                var (from, index) = Pick(strange, random);
                list[at] = from[index] with { Number = random.NextInt32(2) == 0 ? field.Number : from[index].Number };
                break;
            default:
                list[at] = field.Kind == Varint ? field with { Value = Edges[random.NextInt32(Edges.Length)] }
                    : field with { Inner = null, Bytes = [.. ByteChanges.Change([.. field.Inner is { } inner ? Write(inner) : field.Bytes], pool, random)] };
                break;
        }
        return [.. Write(fields)];
    }

    private static (List<Field> List, int At) Pick(List<Field> fields, Philox random)
    {
        int at = random.NextInt32(fields.Count);
        return fields[at].Inner is { Count: > 0 } inner && random.NextInt32(4) != 0 ? Pick(inner, random) : (fields, at);
    }

    private static List<Field>? Parse(ReadOnlySpan<byte> bytes, int depth)
    {
        var fields = new List<Field>();
        while (bytes.Length > 0)
        {
            if (!TryNumber(ref bytes, out ulong key) || key >> 3 is 0 or > 10_000)
                return null;
            int kind = (int)(key & 7), number = (int)(key >> 3);
            ulong length = kind switch { Fixed64 => 8, Fixed32 => 4, _ => 0 };
            if (kind is not (Varint or Fixed64 or Delimited or Fixed32) || (kind is Varint or Delimited && !TryNumber(ref bytes, out length)))
                return null;
            if (kind == Varint)
            {
                fields.Add(new Field(number, kind, length, [], null));
                continue;
            }
            if (length > (ulong)bytes.Length)
                return null;
            byte[] content = bytes[..(int)length].ToArray();
            bytes = bytes[(int)length..];
            fields.Add(new Field(number, kind, 0, content, kind == Delimited && depth > 0 && content.Length > 1 ? Parse(content, depth - 1) : null));
        }
        return fields;
    }

    private static byte[] Write(List<Field> fields)
    {
        var bytes = new List<byte>();
        foreach (var field in fields)
        {
            byte[] content = field.Inner is { } inner ? Write(inner) : field.Bytes;
            AddNumber(bytes, ((ulong)field.Number << 3) | (uint)field.Kind);
            if (field.Kind is Varint or Delimited)
                AddNumber(bytes, field.Kind == Varint ? field.Value : (ulong)content.Length);
            bytes.AddRange(content);
        }
        return [.. bytes];
    }

    private static bool TryNumber(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < Math.Min(10, bytes.Length); i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }
        return false;
    }

    private static void AddNumber(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }

    private sealed record Field(int Number, int Kind, ulong Value, byte[] Bytes, List<Field>? Inner);
}
