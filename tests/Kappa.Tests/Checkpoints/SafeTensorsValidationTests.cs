using System.Text;
using Kappa.Checkpoints;

namespace Kappa.Tests.Checkpoints;

public sealed class SafeTensorsValidationTests
{
    private const string A = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    /// <summary>Header, bytes of data behind it, and what the error must say.</summary>
    public static TheoryData<string, int, string> Faults => new()
    {
        { "", 0, "expected a header that starts with '{', got an empty header" },
        { " {" + A + "}", 8, "got the byte 0x20" },
        { "[]", 0, "got the byte 0x5b" },
        { "{" + A, 8, "expected a header of valid JSON" },
        { "{" + A + "}x", 8, "expected a header of valid JSON" },
        { "{" + A + "}{}", 8, "expected a header of valid JSON" },
        { "{" + A + ",}", 8, "expected a header of valid JSON" },
        { "{/**/" + A + "}", 8, "expected a header of valid JSON" },
        { "{" + A + "}\0", 8, "expected a header of valid JSON" },
        { "{\"a\":{\"x\":" + new string('[', 1000) + new string(']', 1000) + "}}", 0, "at most 16 levels deep" },
        { "{\"\\ud800\":" + A[4..] + "}", 8, "expected header strings of whole Unicode characters" },
        { "{" + A + "," + A + "}", 8, "tensor \"a\": expected every name once" },
        { "{" + A + ",\"\\u0061\":" + A[4..] + "}", 8, "tensor \"a\": expected every name once" },
        { "{\"__metadata__\":{\"k\":\"v\",\"k\":\"v\"}}", 0, "expected every key of __metadata__ once, got \"k\" a second time" },
        { "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "expected __metadata__ once" },
        { "{\"__metadata__\":[]}", 0, "__metadata__ to be an object of strings, got an array" },
        { "{\"__metadata__\":{\"k\":1}}", 0, "expected a string under \"k\" of __metadata__, got 1" },
        { "{\"a\":3}", 0, "tensor \"a\": expected an object with dtype, shape and data_offsets, got 3" },
        { "{\"a\":null}", 0, "got null" },
        { "{\"a\":{}}", 0, "got no dtype" },
        { "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "got no shape" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "got no data_offsets" },
        { "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "expected every field once, got dtype" },
        { "{\"a\":{\"dtype\":\"F23\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "unknown dtype \"F23\"; did you mean \"F32\"?" },
        { "{\"a\":{\"dtype\":\"11\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "unknown dtype \"11\"" },
        { "{\"a\":{\"dtype\":11,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "expected dtype to be a string, got 11" },
        { Tensor("-1", "0,4"), 4, "expected shape of whole numbers from 0 to 2^63 - 1, got -1" },
        { Tensor("-0", "0,0"), 0, "got -0" },
        { Tensor("1.0", "0,4"), 4, "got 1.0" },
        { Tensor("1e0", "0,4"), 4, "got 1e0" },
        { Tensor("9223372036854775808", "0,4"), 4, "got 9223372036854775808" },
        { Tensor("\"1\"", "0,4"), 4, "got a string" },
        { Tensor("[1]", "0,4"), 4, "got an array" },
        { Tensor("1", "-4,0"), 4, "expected data_offsets of whole numbers from 0 to 2^63 - 1, got -4" },
        { Tensor("1", "0"), 4, "expected two data_offsets, begin and end, got 1" },
        { Tensor("1", "0,4,8"), 4, "expected two data_offsets, begin and end, got 3" },
        { Tensor("4611686018427387904,4", "0,4"), 4, "got F32 [4611686018427387904, 4], which overflows" },
        { Tensor("2305843009213693952", "0,4"), 4, "which overflows" },
        { Tensor("4611686018427387904,4,0", "0,0"), 0, "which overflows" },
        { Tensor("2", "0,4"), 4, "tensor \"a\": expected 8 bytes for F32 [2], got data_offsets of 4 bytes" },
        { Tensor("1", "0,8"), 8, "tensor \"a\": expected 4 bytes for F32 [1], got data_offsets of 8 bytes" },
        { Tensor("0", "4,0"), 4, "tensor \"a\": expected data_offsets that begin at 0, got 4, a gap" },
        { "{" + A + ",\"b\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[8,4]}}", 8, "do not run backwards, got [8, 4]" },
        { Tensor("1", "4,8"), 8, "expected data_offsets that begin at 0, got 4, a gap" },
        { "{" + A + ",\"b\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[4,12]}}", 12,
            "tensor \"b\": expected data_offsets that begin at 8, got 4, an overlap" },
        { "{" + A + ",\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[9,10]}}", 10,
            "tensor \"b\": expected data_offsets that begin at 8, got 9, a gap" },
        { "{" + A + ",\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "expected data_offsets that begin at 8, got 0, an overlap" },
        { "{" + A + "}", 9, "expected 8 bytes of data behind the header, got 9; the rest belongs to no tensor" },
        { "{" + A + "}", 7, "expected 8 bytes of data up to its end, got 7 behind the header; the file is truncated" },
        { Tensor("2305843009213693951", "0,9223372036854775804"), 8, "expected 9223372036854775804 bytes of data up to its end, got 8" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_faulty_header_is_rejected_with_what_was_expected_and_got(string header, int dataBytes, string message)
    {
        byte[] file = SafeTensorsBytes.File(header, dataBytes);
        var fromMemory = Assert.Throws<SafeTensorsException>(() => SafeTensorsFile.Parse(file, "model.safetensors"));
        var fromStream = Assert.Throws<SafeTensorsException>(() => SafeTensorsFile.Parse(new MemoryStream(file), "model.safetensors"));

        Assert.StartsWith("model.safetensors: ", fromMemory.Message);
        Assert.Contains(message, fromMemory.Message);
        Assert.Equal(fromMemory.Message, fromStream.Message);
        Assert.Equal("model.safetensors", fromMemory.FilePath);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_file_without_a_whole_length_field_is_rejected(int bytes)
    {
        var error = Assert.Throws<SafeTensorsException>(() => SafeTensorsFile.Parse(new byte[bytes]));

        Assert.Contains($"expected at least the 8 bytes of the header's length, got a file of {bytes} bytes", error.Message);
    }

    [Theory]
    [InlineData(100_000_001UL, "expected a header of at most 100000000 bytes, got a header length of 100000001")]
    [InlineData(ulong.MaxValue, "got a header length of 18446744073709551615")]
    [InlineData(100_000_000UL, "expected a header of 100000000 bytes, got 2 bytes after the length")]
    [InlineData(3UL, "expected a header of 3 bytes, got 2 bytes after the length")]
    public void A_header_length_beyond_the_cap_or_the_file_is_rejected_without_allocating_it(ulong length, string message)
    {
        byte[] file = [.. BitConverter.GetBytes(length), (byte)'{', (byte)'}'];
        var stream = new MemoryStream(file);
        _ = Assert.Throws<SafeTensorsException>(() => SafeTensorsFile.Parse(stream));
        stream.Position = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<SafeTensorsException>(() => SafeTensorsFile.Parse(stream));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Every_truncation_of_a_valid_file_is_rejected()
    {
        byte[] file = SafeTensorsBytes.File("{" + A + "}", 8);
        _ = SafeTensorsFile.Parse(file);

        Assert.All(Enumerable.Range(0, file.Length), length =>
            Assert.Throws<SafeTensorsException>(() => SafeTensorsFile.Parse(file.AsMemory(0, length))));
    }

    [Fact]
    public void A_header_that_is_not_utf8_is_rejected()
    {
        byte[] header = Encoding.UTF8.GetBytes("{" + A + "}");
        header[2] = 0xFF;
        var error = Assert.Throws<SafeTensorsException>(() => SafeTensorsFile.Parse(SafeTensorsBytes.File(header, new byte[8])));

        Assert.Contains("expected a header in UTF-8", error.Message);
    }

    [Fact]
    public void What_the_reference_implementation_tolerates_is_read()
    {
        string header = "{\"__metadata__\":null,\"b\":{\"data_offsets\":[8,8],\"extra\":{\"x\":[1]},\"shape\":[3,0],\"dtype\":\"U8\"}," + A + " } \n\t  ";
        var contents = SafeTensorsFile.Parse(SafeTensorsBytes.File(header, 8));

        Assert.Equal(["a", "b"], contents.Entries.Select(entry => entry.Name));
        Assert.Equal([3L, 0L], contents["b"].Shape);
        Assert.Empty(contents.Metadata);
    }

    [Fact]
    public void A_hostile_name_does_not_flood_the_message()
    {
        string name = "\\n" + new string('x', 50_000);
        var error = Assert.Throws<SafeTensorsException>(() => SafeTensorsFile.Parse(SafeTensorsBytes.File($"{{\"{name}\":1}}")));

        Assert.InRange(error.Message.Length, 1, 400);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_missing_tensor_is_reported_with_the_nearest_name()
    {
        var contents = SafeTensorsFile.Parse(SafeTensorsBytes.File("{" + A.Replace("\"a\"", "\"fc1.weight\"") + "}", 8), "m");
        var error = Assert.Throws<SafeTensorsException>(() => contents["fc2.weight"]);

        Assert.Null(contents.Find("fc2.weight"));
        Assert.Contains("unknown tensor \"fc2.weight\"; did you mean \"fc1.weight\"?", error.Message);
    }

    [Fact]
    public void A_stream_is_read_from_its_position_and_must_know_its_length()
    {
        byte[] file = SafeTensorsBytes.File("{" + A + "}", 8);
        var stream = new MemoryStream([1, 2, 3, .. file]) { Position = 3 };

        _ = Assert.Single(SafeTensorsFile.Parse(stream).Entries);
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream();
        Assert.Contains("cannot seek", Assert.Throws<ArgumentException>(() => SafeTensorsFile.Parse(pipe)).Message);
    }

    [Fact]
    public void A_file_that_shrinks_while_it_is_read_is_rejected()
    {
        var stream = new LongerThanItIs(SafeTensorsBytes.File("{" + A + "}", 4));
        var error = Assert.Throws<SafeTensorsException>(() => SafeTensorsFile.Parse(stream));

        Assert.Contains("the file shrank while it was read", error.Message);
    }

    private static string Tensor(string shape, string offsets) =>
        $"{{\"a\":{{\"dtype\":\"F32\",\"shape\":[{shape}],\"data_offsets\":[{offsets}]}}}}";

    private sealed class LongerThanItIs(byte[] bytes) : MemoryStream(bytes)
    {
        public override long Length => base.Length + 4;
    }
}
