using System.Globalization;
using Google.Protobuf;

namespace Kappa.Onnx.Tests.Import;

/// <summary>Damaged files: an error that says so, or a model that runs or says what does not fit; never anything else, and never much memory.</summary>
/// <remarks>The environment variable KAPPA_ONNX_DAMAGE says how many, 2,000 where it is not set; the full form is 100,000.</remarks>
public sealed class DamageTests
{
    private const int ShortForm = 2_000;
    private const long FreeBytes = 64L << 20;

    [Fact]
    public void A_damaged_file_is_named_and_takes_no_memory()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("KAPPA_ONNX_DAMAGE"), CultureInfo.InvariantCulture, out int given) ? given : ShortForm;
        using var folder = new TemporaryFolder();
        byte[][] whole = [.. Whole(folder)];
        string path = folder["damaged.onnx"];
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            var random = new Philox(11).Split(i);
            byte[] bytes = Damage(whole[i % whole.Length], whole[random.NextInt32(whole.Length)], random);
            File.WriteAllBytes(path, bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                _ = OnnxModel.Import(path);
            }
            catch (OnnxException error)
            {
                refused++;
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
                Assert.True(error.Message.Length > path.Length + 20, error.Message);
                Assert.DoesNotContain(error.Message, char.IsControl);
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"file {i}: {error}");
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < (2L * bytes.Length) + FreeBytes, $"file {i} of {bytes.Length} bytes took {allocated:N0}");
        }

        Assert.True(refused > count / 3, $"{refused} of {count} were refused");
    }

    [Fact]
    public void A_file_of_nothing_but_small_messages_is_refused_before_it_is_parsed()
    {
        using var folder = new TemporaryFolder();
        string path = folder["many.onnx"];
        // A graph of ten million empty nodes, two bytes each.
        byte[] nodes = new byte[20_000_000];
        for (int i = 0; i < nodes.Length; i += 2)
            nodes[i] = 0x0a;
        using (var file = File.Create(path))
        using (var output = new CodedOutputStream(file))
        {
            output.WriteRawTag(0x3a);
            output.WriteBytes(ByteString.CopyFrom(nodes));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("more messages than", Assert.Throws<OnnxException>(() => OnnxModel.Import(path)).Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < (2L * nodes.Length) + FreeBytes);
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("this is a letter, and no model", "it is not an ONNX model, or damaged")]
    public void What_is_no_model_is_said_to_be_none(string text, string says)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["letter.onnx"], text);
        Assert.Contains(says, Assert.Throws<OnnxException>(() => OnnxModel.Import(folder["letter.onnx"])).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<byte[]> Whole(TemporaryFolder folder)
    {
        foreach (string name in (string[])["perceptron", "convolution and activation", "batch norm of channels", "causal attention with shared keys",
            "transformer",
            "group sort", "basic block"])
        {
            var (model, shape, _) = Cases.Make(name);
            OnnxModel.Export(model, folder["whole.onnx"], shape);
            yield return File.ReadAllBytes(folder["whole.onnx"]);
        }
    }

    /// <summary>Bits turned, bytes cut out, put in, doubled or set to extremes, ends cut off, halves of two files joined.</summary>
    private static byte[] Damage(byte[] whole, byte[] other, Philox random)
    {
        byte[] bytes = [.. whole];
        int kind = random.NextInt32(8);
        int Place() => random.NextInt32(Math.Max(1, bytes.Length));
        switch (kind)
        {
            case 0:
                for (int i = random.NextInt32(8); i >= 0; i--)
                    bytes[Place()] ^= (byte)(1 << random.NextInt32(8));
                return bytes;
            case 1:
                return bytes[..Place()];
            case 2:
                int from = Place();
                return [.. bytes[..from], .. bytes[Math.Min(bytes.Length, from + 1 + random.NextInt32(64))..]];
            case 3:
                int at = Place();
                byte[] more = [.. Enumerable.Range(0, 1 + random.NextInt32(16)).Select(_ => (byte)random.NextInt32(256))];
                return [.. bytes[..at], .. more, .. bytes[at..]];
            case 4:
                bytes[Place()] = 0xff;
                bytes[Place()] = 0x7f;
                return bytes;
            case 5:
                return [.. bytes[..Place()], .. other[random.NextInt32(other.Length)..]];
            case 6:
                int start = Place(), length = Math.Min(1 + random.NextInt32(200), bytes.Length - start);
                return [.. bytes[..(start + length)], .. bytes[start..]];
            default:
                // A number of ten bytes in the place of one: lengths and dimensions of 2^63 and beyond.
                int place = Place();
                return [.. bytes[..place], 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, .. bytes[Math.Min(bytes.Length, place + 1)..]];
        }
    }
}
