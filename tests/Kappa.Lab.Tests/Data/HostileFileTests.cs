using System.IO.Compression;
using System.Text;

namespace Kappa.Lab.Tests.Data;

/// <summary>A small file that would fill the memory is an error before anything of the kind is allocated; so is a large one, before it is read.</summary>
public sealed class HostileFileTests
{
    private const long MostBytes = 200_000_000;

    private static readonly Dictionary<string, (string Name, Action<string> Write, Action<string> Read)> Files = new()
    {
        ["merges that double"] = ("tokenizer.json", path => File.WriteAllText(path, Doubling(40)), path => Tokenizer.Load(path)),
        ["merges that double up to the bound, then again"] = ("tokenizer.json", path => File.WriteAllText(path, Doubling(27)), path => Tokenizer.Load(path)),
        ["a tokenizer nested deeply"] = ("tokenizer.json", path => File.WriteAllText(path, Nested(100_000)), path => Tokenizer.Load(path)),
        ["a tokenizer of gigabytes"] = ("tokenizer.json", Sparse, path => Tokenizer.Load(path)),
        ["a tokenizer without end"] = ("tokenizer.json", Endless, path => Tokenizer.Load(path)),
        ["pictures that go on after their end"] = ("a.gz",
            path => Packed(path, [60, 28, 28], 1L << 28),
            path => IdxFile.Parse(path, File.ReadAllBytes(path), 3)),
        ["pictures that say they are 2 GB"] = ("a.gz",
            path => Packed(path, [2_000_000, 28, 28], 1 << 20),
            path => IdxFile.Parse(path, File.ReadAllBytes(path), 3)),
        ["pictures packed to a thousandth"] = ("a.gz",
            path => Packed(path, [1_000_000, 28, 28], 1 << 26),
            path => IdxFile.Parse(path, File.ReadAllBytes(path), 3)),
        ["pictures that say more than there is"] = ("a",
            path => File.WriteAllBytes(path, Header([2_000_000, 28, 28])),
            path => IdxFile.Parse(path, File.ReadAllBytes(path), 3)),
        ["labels of gigabytes"] = ("a", Sparse, path => ImageDataSet.FromIdx(path, path, ["a", "b"])),
        ["a text of gigabytes"] = ("a.txt", Sparse, path => TextDocument.Read(path)),
        ["a config of gigabytes"] = ("run.json", Sparse, path => TrainingConfig.ReadFile(path, KappaCatalog.Choices)),
        ["a config without end"] = ("run.json", Endless, path => TrainingConfig.ReadFile(path, KappaCatalog.Choices)),
        ["a config nested deeply"] = ("run.json",
            path => File.WriteAllText(path, Nested(2_000_000)),
            path => TrainingConfig.ReadFile(path, KappaCatalog.Choices)),
        ["a config of brackets"] = ("run.json",
            path => File.WriteAllText(path, $"[{string.Join(',', Enumerable.Repeat("[]", 1_300_000))}]"),
            path => TrainingConfig.ReadFile(path, KappaCatalog.Choices)),
        ["a manifest of gigabytes"] = ("run.json", Sparse, path => RunManifest.Read(Path.GetDirectoryName(path)!)),
        ["a sealed file of gigabytes"] = ("result.json", Sparse,
            path => new RunPart(Path.GetDirectoryName(path)!).ReadSealed("result.json", "it is done again")),
        ["metrics of gigabytes"] = ("metrics.jsonl", Sparse, path => MetricsLog.Open(path, new MetricsMark(3, "")).Dispose()),
        ["the state of a checkpoint of gigabytes"] = ("step-00000001/state.json", Sparse,
            path => Checkpoint.ReadExtra(Path.GetDirectoryName(Path.GetDirectoryName(path))!)),
        ["weights that say they are gigabytes"] = ("a.safetensors",
            path => Weights(path, """{"w":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}"""),
            path => StateDict.Load(path)),
        ["weights whose sizes overflow"] = ("a.safetensors",
            path => Weights(path, """{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"""),
            path => StateDict.Load(path)),
        ["weights with a header of gigabytes"] = ("a.safetensors",
            path => File.WriteAllBytes(path, [.. BitConverter.GetBytes(1L << 40), (byte)'{']),
            path => StateDict.Load(path)),
        ["weights with a header nested deeply"] = ("a.safetensors", path => Weights(path, "{\"w\":" + Nested(1_000_000) + "}"), path => StateDict.Load(path)),
        ["weights of a million axes"] = ("a.safetensors",
            path => Weights(path, $$$"""{"w":{"dtype":"F32","shape":[0,{{{string.Join(',', Enumerable.Repeat('0', 1_000_000))}}}],"data_offsets":[0,0]}}"""),
            path => StateDict.Load(path)),
    };

    public static TheoryData<string> Cases => [.. Files.Keys];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void It_ends_in_an_error_of_the_file_and_in_little_memory(string name)
    {
        var (file, write, read) = Files[name];
        Skip.If(write == Endless && OperatingSystem.IsWindows(), "/dev/zero is the file without end");
        using var folder = new TemporaryFolder();
        string path = folder[file];
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        write(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Record.Exception(() => read(path));
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(error is IOException or ConfigException, error?.ToString() ?? "it was read");
        Assert.True(taken < MostBytes, $"{taken} bytes");
    }

    [Fact]
    public void A_text_of_one_character_without_end_makes_a_tokenizer_that_is_read_again()
    {
        using var folder = new TemporaryFolder();
        var tokenizer = BytePairTokenizer.Train([new string('a', 1 << 20)], 300);
        tokenizer.Save(folder["tokenizer.json"]);
        Assert.Equal(tokenizer.VocabularySize, Tokenizer.Load(folder["tokenizer.json"]).VocabularySize);
    }

    private static string Doubling(int times) =>
        $$"""{"kind":"byte-pair","merges":[[97,97]{{string.Concat(Enumerable.Range(256, times - 1).Select(token => $",[{token},{token}]"))}}]}""";

    private static string Nested(int depth) => $"{new string('[', depth)}{new string(']', depth)}";

    /// <summary>3 GB that take no room on the disk.</summary>
    private static void Sparse(string path)
    {
        using var file = File.Create(path);
        file.SetLength(3L << 30);
    }

    private static void Endless(string path) => File.CreateSymbolicLink(path, "/dev/zero");

    private static byte[] Header(int[] lengths) => [0, 0, 8, (byte)lengths.Length, .. lengths.SelectMany(length => BitConverter.GetBytes(length).Reverse())];

    private static void Packed(string path, int[] lengths, long zeros)
    {
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        gzip.Write(Header(lengths));
        byte[] block = new byte[1 << 20];
        for (long left = zeros; left > 0; left -= block.Length)
            gzip.Write(block);
    }

    private static void Weights(string path, string header) =>
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header)]);
}
