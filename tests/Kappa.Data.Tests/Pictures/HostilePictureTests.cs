using System.Buffers.Binary;

namespace Kappa.Data.Tests.Pictures;

/// <summary>Files that lie, are cut off or changed, are refused by their name, or decoded; nothing else happens.</summary>
public sealed class HostilePictureTests
{
    private static readonly byte[] Png = PictureFiles.Png(9, 7, (x, y) => (20 * x, 20 * y, 100));
    private static readonly byte[] Jpeg = PictureFiles.Jpeg(16, 16, 77);

    public static TheoryData<string, byte[], string> Files => new()
    {
        { "empty", [], "an empty file" },
        { "text", "hello, world"u8.ToArray(), "begins with 68656c6c6f2c2077" },
        { "gif", "GIF89a"u8.ToArray(), "begins with 474946383961" },
        { "the signature alone", Png[..8], "cut off" },
        { "no header chunk", [.. Png[..8], .. Png[33..]], "IHDR" },
        { "no width", Patched(Png, 16, 0), "0 x 7" },
        { "a width below zero", Patched(Png, 16, -1), "-1 x 7" },
        { "too many pixels", Patched(Patched(Png, 16, 1 << 20), 20, 1 << 20), "at most 50000000 pixels" },
        { "a chunk without end", Patched(Png, 33, -1), "cut off" },
        { "no end chunk", Png[..^12], "cut off" },
        { "a wider header than picture", Patched(Png, 16, 10), "can be decoded" },
        { "the start of a JPEG alone", Jpeg[..2], "cut off" },
        { "a JPEG without scan", [.. Jpeg[..ScanOf(Jpeg)]], "cut off" },
        { "a JPEG without end", Jpeg[..^2], "cut off" },
        { "a JPEG without height", PatchedFrame(0), "16 x 0" },
        { "a JPEG without frame", [0xff, 0xd8, .. Jpeg[ScanOf(Jpeg)..]], "a frame and a scan" },
        { "a thousand scans", [.. Jpeg[..^2], .. Enumerable.Repeat(Jpeg[ScanOf(Jpeg)..^2], 1000).SelectMany(scan => scan), 0xff, 0xd9], "at most 200 scans" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_is_no_picture_is_refused_with_what_it_is(string what, byte[] file, string part)
    {
        using var folder = new TemporaryFolder();
        folder.Save("a/1.png", Png);
        folder.Save("b/bad.jpg", file);
        var options = new PictureFolderOptions { Height = 4, Width = 4 };
        string message = Assert.Throws<DataFileException>(() => PictureFolder.Open(folder.FullPath, options)).Message;
        Assert.Contains("b/bad.jpg: expected ", message);
        Assert.True(message.Contains(part, StringComparison.Ordinal), $"{what}: {message}");
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        foreach (byte[] file in new[] { Png, Jpeg })
        {
            for (int length = 0; length < file.Length; length++)
                _ = Assert.Throws<CorruptPictureException>(() => Decode(file[..length]));
        }
    }

    [Fact]
    public void A_changed_byte_anywhere_gives_pixels_or_is_refused()
    {
        var random = new Philox(1);
        foreach (byte[] file in new[] { Png, Jpeg })
        {
            for (int i = 0; i < 1500; i++)
            {
                byte[] changed = [.. file];
                for (int j = random.NextInt32(3); j >= 0; j--)
                    changed[random.NextInt32(file.Length)] = (byte)random.NextInt32(256);
                try
                {
                    Assert.Equal(48, Decode(changed).Length);
                }
                catch (CorruptPictureException)
                {
                }
            }
        }
    }

    [Fact]
    public void Filling_before_a_marker_and_bytes_behind_the_end_of_a_JPEG_are_passed_over()
    {
        byte[] spaced = [.. Jpeg[..ScanOf(Jpeg)], 0xff, 0xff, .. Jpeg[ScanOf(Jpeg)..], 1, 2, 3];
        Assert.Equal(Decode(Jpeg), Decode(spaced));
    }

    [Fact]
    public void A_pipe_is_not_waited_for()
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(1, 1);
        if (!File.Exists("/dev/zero"))
            return;
        _ = File.CreateSymbolicLink(folder["b/zero.png"], "/dev/zero");
        _ = File.CreateSymbolicLink(folder["a/gone.png"], "/nonexistent/x.png");
        var pictures = PictureFolder.Open(folder.FullPath, new() { SkipCorrupt = true });
        Assert.Equal(["gone.png", "zero.png"], pictures.Skipped.Select(skipped => Path.GetFileName(skipped.FilePath)));
    }

    [Fact]
    public void A_link_that_leads_to_itself_or_to_nothing_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(1, 1);
        _ = File.CreateSymbolicLink(folder["a/loop.png"], folder["a/pool.png"]);
        _ = File.CreateSymbolicLink(folder["a/pool.png"], folder["a/loop.png"]);
        _ = File.CreateSymbolicLink(folder["b/gone.png"], folder["b/none.png"]);
        Assert.Contains("a/loop.png: expected a PNG or JPEG picture, got a link to nothing, or to an empty file", Assert.Throws<DataFileException>(
            () => PictureFolder.Open(folder.FullPath)).Message);
        var pictures = PictureFolder.Open(folder.FullPath, new() { SkipCorrupt = true });
        Assert.Equal(["loop.png", "pool.png", "gone.png"], pictures.Skipped.Select(skipped => Path.GetFileName(skipped.FilePath)));
        _ = Directory.CreateSymbolicLink(folder["b/inner"], folder.FullPath);
        Assert.Contains("/b: expected a class with its pictures directly inside, got the folder inner in it", Assert.Throws<DataFileException>(
            () => PictureFolder.Open(folder.FullPath)).Message);
    }

    [Fact]
    public void Names_of_any_characters_are_classes_and_files()
    {
        using var folder = new TemporaryFolder();
        string[] names = ["-rf", "a b", "ä\u0308", "100%", "x;y", "#1", "日本", "'\"'"];
        foreach (string name in names)
            folder.Save($"{name}/{name}.png", Png);
        var pictures = PictureFolder.Open(folder.FullPath, new() { Normalization = PictureNormalization.None });
        Assert.Equal(names.Order(StringComparer.Ordinal), pictures.ClassNames);
        Assert.Equal(names.Length, pictures.Take([.. Enumerable.Range(0, names.Length)]).Targets.ToArray<int>().Distinct().Count());
    }

    [Fact]
    public void A_header_that_promises_a_great_picture_takes_no_memory()
    {
        // 30,000 x 30,000 pixels are 2.7 GB, and an honest header of so many is refused as well.
        byte[] bomb = Patched(Patched(Png, 16, 30_000), 20, 30_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = Assert.Throws<CorruptPictureException>(() => Decode(bomb));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_link_is_followed_and_a_change_of_what_it_leads_to_is_seen()
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(1, 1);
        using var elsewhere = new TemporaryFolder();
        elsewhere.Save("x.png", PictureFiles.Png(1, 1, 9));
        _ = File.CreateSymbolicLink(folder["b/link.png"], elsewhere["x.png"]);
        var pictures = PictureFolder.Open(folder.FullPath, new() { Normalization = PictureNormalization.None, CacheBytes = 0 });
        Assert.Equal(9 / 255f, pictures.Take([2]).Inputs.ToArray<float>()[0]);
        File.SetLastWriteTimeUtc(elsewhere["x.png"], DateTime.UnixEpoch);
        Assert.Contains("changed", Assert.Throws<DataFileException>(() => pictures.Take([2])).Message);
    }

    private static byte[] Decode(byte[] file)
    {
        var options = new PictureFolderOptions { Height = 4, Width = 4, MostPixels = 100_000 };
        return new PictureDecoder(options, (4, 4)).Decode("x", file);
    }

    private static byte[] Patched(byte[] file, int at, int value)
    {
        byte[] changed = [.. file];
        BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(at), value);
        return changed;
    }

    private static byte[] PatchedFrame(short height)
    {
        byte[] changed = [.. Jpeg];
        BinaryPrimitives.WriteInt16BigEndian(changed.AsSpan(changed.AsSpan().IndexOf((byte[])[0xff, 0xc0]) + 5), height);
        return changed;
    }

    private static int ScanOf(byte[] jpeg) => jpeg.AsSpan().IndexOf((byte[])[0xff, 0xda]);
}
