using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Kappa.Checkpoints;

namespace Kappa.Tests.Checkpoints;

/// <summary>The tensors of Fixtures/interoperate.py, which knows the format from its description alone.</summary>
public sealed class InteroperationTests
{
    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "Checkpoints", "Fixtures");
    private static readonly string FromPython = Path.Combine(Fixtures, "from_python.safetensors");

    private static readonly Dictionary<string, string> Metadata = new()
    {
        ["format"] = "pt",
        ["note"] = "quote \" backslash \\ tab \t control \u0001 umlaut ü face \U0001F600",
    };

    private static SafeTensorsEntry[] Tensors =>
    [
        SafeTensorsEntry.Create<float>("layers.0.weight", [2, 3], new[] { -1f, -0.5f, 0f, 0.5f, 1f, float.MaxValue }),
        SafeTensorsEntry.Create<float>("layers.0.bias", [3], new[] { 0.25f, -0f, float.Epsilon }),
        SafeTensorsEntry.Create<double>("scalar", [], new[] { 0.1 }),
        SafeTensorsEntry.Create<double>("empty", [0, 4], ReadOnlyMemory<double>.Empty),
        SafeTensorsEntry.Create<long>("i64", [2], new[] { long.MinValue, long.MaxValue }),
        SafeTensorsEntry.Create<ulong>("u64", [1], new[] { ulong.MaxValue }),
        SafeTensorsEntry.Create<int>("i32", [2, 1, 2], new[] { int.MinValue, -1, 0, int.MaxValue }),
        SafeTensorsEntry.Create<uint>("u32", [1], new[] { uint.MaxValue }),
        SafeTensorsEntry.Create<Half>("f16", [3], new[] { (Half)1.5, Half.MinValue, Half.Epsilon }),
        new("bf16", SafeTensorsType.BF16, [2], new byte[] { 0xC0, 0x3F, 0x00, 0xC0 }),
        SafeTensorsEntry.Create<short>("i16", [2], new[] { short.MinValue, short.MaxValue }),
        SafeTensorsEntry.Create<ushort>("u16", [1], new[] { ushort.MaxValue }),
        new("e4m3", SafeTensorsType.F8_E4M3, [1], new byte[] { 0x38 }),
        new("e5m2", SafeTensorsType.F8_E5M2, [1], new byte[] { 0x3C }),
        SafeTensorsEntry.Create<sbyte>("i8", [3], new sbyte[] { -128, 0, 127 }),
        SafeTensorsEntry.Create<byte>("u8", [2], new byte[] { 0, 255 }),
        new("mask", SafeTensorsType.BOOL, [3], new byte[] { 1, 0, 1 }),
        SafeTensorsEntry.Create<float>("Zeta \"quoted\" ü \U0001F600", [1], new[] { 7f }),
        SafeTensorsEntry.Create<float>("Zeta \"quoted\" ü \uFFFD", [1], new[] { 8f }),
    ];

    [Fact]
    public void A_file_from_python_holds_the_tensors_that_python_put_there() => AssertTensors(SafeTensorsFile.Read(FromPython));

    [Fact]
    public void A_file_written_here_is_byte_for_byte_the_one_from_python()
    {
        using var folder = new TemporaryFolder();
        SafeTensorsFile.Write(folder.File("a.safetensors"), Tensors, Metadata);

        Assert.Equal(File.ReadAllBytes(FromPython), File.ReadAllBytes(folder.File("a.safetensors")));
    }

    [SkippableFact]
    public void Python_writes_now_and_the_file_loads()
    {
        using var folder = new TemporaryFolder();
        RunPython("write", folder.File("a.safetensors"));

        AssertTensors(SafeTensorsFile.Read(folder.File("a.safetensors")));
    }

    [SkippableFact]
    public void A_file_written_here_passes_the_checks_of_python()
    {
        using var folder = new TemporaryFolder();
        SafeTensorsFile.Write(folder.File("a.safetensors"), Tensors, Metadata);

        Assert.Equal("all tensors agree\n", RunPython("check", folder.File("a.safetensors")));
    }

    /// <summary>The expected bytes of the reference implementation's own tests (test_serialization, ..._forced_alignement, test_empty).</summary>
    [Theory]
    [InlineData("attn.0", "1,2,3", 64, """{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}""")]
    [InlineData("attn0", "1,1,2,3", 72, """{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       """)]
    public void The_bytes_are_those_of_the_reference_implementation(string name, string shape, int headerLength, string header)
    {
        float[] values = [0, 1, 2, 3, 4, 5];
        var stream = new MemoryStream();
        SafeTensorsFile.Write(stream, [SafeTensorsEntry.Create<float>(name, [.. shape.Split(',').Select(long.Parse)], values)]);

        Assert.Equal(headerLength, header.Length);
        Assert.Equal([.. SafeTensorsBytes.File(header), .. values.SelectMany(BitConverter.GetBytes)], stream.ToArray());
    }

    [Fact]
    public void No_tensors_make_the_empty_file_of_the_reference_implementation()
    {
        var (empty, described) = (new MemoryStream(), new MemoryStream());
        SafeTensorsFile.Write(empty, []);
        SafeTensorsFile.Write(described, [], new Dictionary<string, string> { ["framework"] = "pt" });

        Assert.Equal(SafeTensorsBytes.File("{}      "), empty.ToArray());
        Assert.Equal(SafeTensorsBytes.File("""{"__metadata__":{"framework":"pt"}}     """), described.ToArray());
        Assert.Empty(SafeTensorsFile.Parse(empty.ToArray()).Entries);
        Assert.Equal("pt", SafeTensorsFile.Parse(described.ToArray()).Metadata["framework"]);
    }

    private static void AssertTensors(SafeTensorsContents contents)
    {
        Assert.Equal(Metadata, contents.Metadata);
        Assert.Equal(Tensors.Length, contents.Entries.Count);
        Assert.All(Tensors, expected =>
        {
            var entry = contents[expected.Name];
            Assert.Equal(expected.Type, entry.Type);
            Assert.Equal(expected.Shape, entry.Shape);
            Assert.Equal(expected.Data.ToArray(), entry.Data.ToArray());
        });
        Assert.Equal([-1f, -0.5f, 0f, 0.5f, 1f, float.MaxValue], contents["layers.0.weight"].Values<float>());
    }

    private static string RunPython(string action, string path)
    {
        var start = new ProcessStartInfo("python3", [Path.Combine(Fixtures, "interoperate.py"), action, path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Skip.If(true, "python3 is not installed: apt-get install python3");
        }
        using (process)
        {
            string output = process!.StandardOutput.ReadToEnd(), errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors);
            return output;
        }
    }
}
