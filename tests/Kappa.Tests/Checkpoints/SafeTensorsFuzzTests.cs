using System.Text;
using Kappa.Checkpoints;
using Kappa.Randomness;

namespace Kappa.Tests.Checkpoints;

public sealed class SafeTensorsFuzzTests
{
    private const int Cases = 10_000;

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\ud800", "\\u0000", "-1", "-0", "1e9", "1.5", "null", "true", "[[[[", "{\"a\":", "\"dtype\"",
        "\"F64\"", "\"U8\"", "\"BOOL\"", "\"F4\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "0", "8", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "4611686018427387904", " ", "\0",
    ];

    private static readonly string[] Arrays =
    [
        "[]", "[0]", "[0,0]", "[0,8]", "[8,0]", "[0,9223372036854775807]", "[9223372036854775807,9223372036854775807]", "[4294967296,4294967296]",
        "[4611686018427387904,4,0]", "[18446744073709551616]", "[-1]", "[1.5]", "[\"1\"]", "[[1]]", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]",
    ];

    [Fact]
    public void Ten_thousand_damaged_files_are_read_or_rejected_clearly_and_cheaply()
    {
        var random = new Philox(1234).Split("fuzz");
        byte[][] seeds = [.. Enumerable.Range(0, 8).Select(i => ValidFile(random.Split(i)))];
        var faults = new List<string>();
        for (int i = 0; i < Cases; i++)
        {
            byte[] file = seeds[random.NextInt32(seeds.Length)];
            for (int mutations = 1 + random.NextInt32(2) * random.NextInt32(4); mutations > 0; mutations--)
            {
                file = Mutate(file, seeds[random.NextInt32(seeds.Length)], random);
            }
            if (FaultOf(file, i) is string fault)
            {
                faults.Add(fault);
            }
        }

        // Damage to the data, or none that matters, is not an error; most damage is. Every check of the parser must have had its turn.
        Assert.InRange(faults.Count, Cases / 2, Cases - 500);
        string[] kinds = [.. faults.Select(fault => string.Concat(fault.Where(c => !char.IsDigit(c)))).Distinct()];
        Assert.All(
            (string[])["starts with '{'", "in UTF-", "valid JSON", "whole Unicode", "name once", "field once", "shape of whole", "data_offsets of whole",
                "two data_offsets", "begin at", "bytes for", "overflow", "behind the header", "up to its end", "header's length", "header of at most",
                    "header of  bytes",
                "dtype, shape and data_offsets", "dtype to be", "a dtype", "a string under", "object of strings"],
            part => Assert.Contains(kinds, kind => kind.Contains(part)));
    }

    [Fact]
    public void The_densest_headers_stay_within_the_same_allocation()
    {
        string tensors = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"{i}\":{{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[{i},{i + 1}]}}"));
        string shape = string.Join(',', Enumerable.Repeat("1", 200_000));
        string metadata = string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"{i}\":\"\""));

        Assert.Null(FaultOf(SafeTensorsBytes.File($"{{{tensors}}}", 20_000), 0));
        Assert.Null(FaultOf(SafeTensorsBytes.File($"{{\"a\":{{\"dtype\":\"U8\",\"shape\":[{shape}],\"data_offsets\":[0,1]}}}}", 1), 1));
        Assert.Null(FaultOf(SafeTensorsBytes.File($"{{\"__metadata__\":{{{metadata}}}}}"), 2));
        Assert.NotNull(FaultOf(SafeTensorsBytes.File($"{{\"a\":{{\"dtype\":\"U8\",\"shape\":[{shape}],\"data_offsets\":[0,2]}}}}", 1), 3));
    }

    /// <summary>Reads from memory and from a stream; they must agree, throw nothing else, and allocate in proportion to the file.</summary>
    private static string? FaultOf(byte[] file, int number)
    {
        string? fromMemory = Attempt(() => SafeTensorsFile.Parse(file));
        string? fromStream = Attempt(() => SafeTensorsFile.Parse(new MemoryStream(file)));
        Assert.Equal(fromMemory, fromStream);
        return fromMemory;

        string? Attempt(Func<SafeTensorsContents> parse)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            string? fault = null;
            try
            {
                var contents = parse();
                Assert.True(contents.Entries.Sum(entry => (long)entry.Data.Length) <= file.Length);
            }
            catch (SafeTensorsException error)
            {
                Assert.InRange(error.Message.Length, 20, 1000);
                fault = $"expected {error.Expected}, got {error.Got}";
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= 65_536 + 16L * file.Length, $"case {number}: {allocated} bytes allocated for a file of {file.Length}");
            return fault;
        }
    }

    private static byte[] ValidFile(Philox random)
    {
        var types = Enum.GetValues<SafeTensorsType>();
        var entries = Enumerable.Range(0, 1 + random.NextInt32(6)).Select(i =>
        {
            var type = types[random.NextInt32(types.Length)];
            long[] shape = [.. Enumerable.Range(0, random.NextInt32(3)).Select(_ => (long)random.NextInt32(4))];
            int size = type >= SafeTensorsType.F64 ? 8 : type >= SafeTensorsType.I32 ? 4 : type >= SafeTensorsType.I16 ? 2 : 1;
            return new SafeTensorsEntry($"layer.{i}", type, shape, new byte[size * shape.Aggregate(1L, (product, d) => product * d)]);
        }).ToArray();
        var stream = new MemoryStream();
        SafeTensorsFile.Write(stream, entries, random.NextInt32(2) == 0 ? null : new Dictionary<string, string> { ["k"] = "v" });
        return stream.ToArray();
    }

    private static byte[] Mutate(byte[] file, byte[] other, Philox random)
    {
        int at = random.NextInt32(file.Length + 1), from = random.NextInt32(other.Length + 1);
        switch (random.NextInt32(9))
        {
            case 0: // flip a bit
                return file.Length == 0 ? file : Replace(file, at % file.Length, 1, [(byte)(file[at % file.Length] ^ (1 << random.NextInt32(8)))], false);
            case 1: // cut off
                return file[..at];
            case 2: // splice another file's end on
                return [.. file[..at], .. other[from..]];
            case 3: // append
                return [.. file, .. new byte[random.NextInt32(20)]];
            case 4: // another header length
                ulong length = random.NextUInt64() >> random.NextInt32(64);
                return file.Length < 8 ? file : [.. BitConverter.GetBytes(length), .. file[8..]];
            case 5: // a digit of the header
                int digit = Array.FindIndex(file, Math.Min(at, file.Length), b => b is >= (byte)'0' and <= (byte)'9');
                return digit < 0 ? file : Replace(file, digit, 1, [(byte)('0' + random.NextInt32(10))], false);
            case 6: // a whole array of the header, length corrected
                int begin = Array.IndexOf(file, (byte)'[', Math.Min(at, file.Length));
                int end = begin < 8 ? -1 : Array.IndexOf(file, (byte)']', begin);
                return end < 0 ? file : Replace(file, begin, end + 1 - begin, Encoding.UTF8.GetBytes(Arrays[random.NextInt32(Arrays.Length)]), true);
            case 7: // overwrite with a token, length kept
                byte[] token = Encoding.UTF8.GetBytes(Tokens[random.NextInt32(Tokens.Length)]);
                return Replace(file, at, token.Length, token, false);
            default: // insert a token into the header and correct its length
                return Replace(file, at, random.NextInt32(4), Encoding.UTF8.GetBytes(Tokens[random.NextInt32(Tokens.Length)]), true);
        }
    }

    private static byte[] Replace(byte[] file, int at, int count, byte[] by, bool correctLength)
    {
        count = Math.Min(count, file.Length - at);
        byte[] replaced = [.. file[..at], .. by, .. file[(at + count)..]];
        if (correctLength && at >= 8)
        {
            BitConverter.GetBytes(BitConverter.ToInt64(file) + by.Length - count).CopyTo(replaced, 0);
        }
        return replaced;
    }
}
