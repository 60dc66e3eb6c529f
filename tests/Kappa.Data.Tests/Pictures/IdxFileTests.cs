using System.IO.Compression;

namespace Kappa.Data.Tests.Pictures;

public sealed class IdxFileTests
{
    private static readonly byte[] TwoPictures = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 51, 255, 1, 2, 3];
    private static readonly byte[] TwoLabels = [0, 0, 8, 1, 0, 0, 0, 2, 1, 0];

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void Pictures_and_labels_are_read(string extension)
    {
        using var folder = new TemporaryFolder();
        var data = ImageDataSet.FromIdx(Save("images", TwoPictures), Save("labels", TwoLabels), ["a", "b"]);
        var (x, y) = data.Take([1, 0]);
        Assert.Equal([1 / 255f, 2 / 255f, 3 / 255f, 0, 0.2f, 1], x.ToArray<float>());
        Assert.Equal([0, 1], y.ToArray<int>());
        Assert.Equal([2, 1, 1, 3], x.Shape.ToArray());
        Assert.Equal([1, 3], data.AsVectors().Take([0]).Inputs.Shape.ToArray());
        Assert.Equal([-1, 0, 4], data.Normalized(0.2, 0.2).Take([0]).Inputs.ToArray<float>().Select(value => MathF.Round(value, 5)));

        string Save(string name, byte[] bytes)
        {
            string path = Path.Combine(folder.FullPath, name + extension);
            File.WriteAllBytes(path, extension.Length == 0 ? bytes : Zip(bytes));
            return path;
        }
    }

    [Fact]
    public void Wrong_magic_is_named() => Refused([0, 0, 9, 3, 0, 0, 0, 0], "magic number 00000803", "got 00000903");

    [Fact]
    public void Labels_in_the_place_of_pictures_are_refused() => Refused(TwoLabels, "magic number 00000803", "got 00000801");

    [Fact]
    public void An_empty_file_is_refused() => Refused([], "magic number", "an empty file");

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (int length = 4; length < TwoPictures.Length; length++)
            Refused(TwoPictures[..length], "the file is cut off");
        for (int length = 0; length < 4; length++)
            Refused(TwoPictures[..length], "magic number");
    }

    [Fact]
    public void A_packed_file_cut_off_anywhere_is_refused_or_gives_all_elements()
    {
        byte[] packed = Zip(TwoPictures);
        int refused = 0;
        for (int length = 0; length < packed.Length; length++)
        {
            try
            {
                // The end marker and the checksum, which say nothing of the elements, are not asked for by every version of the runtime.
                Assert.Equal(TwoPictures[16..], IdxFile.Parse("x.gz", packed[..length], 3).Elements);
            }
            catch (DataFileException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, packed.Length - 12, packed.Length);
    }

    [Fact]
    public void Bytes_after_the_elements_are_refused() =>
        Refused([.. TwoPictures, 0], "expected 6 bytes of elements (2 x 1 x 3)", "got 7", "something follows");

    [Fact]
    public void A_file_that_is_not_gzip_is_refused() =>
        Assert.Contains("expected a gzip file", Assert.Throws<DataFileException>(() => IdxFile.Parse("x.gz", TwoPictures, 3)).Message);

    [Fact]
    public void Lengths_that_overflow_are_refused() =>
        Refused([0, 0, 8, 3, 0x7f, 255, 255, 255, 0x7f, 255, 255, 255, 0, 0, 0, 4], "at most 2^31 - 1 elements", "on axis 1");

    [Fact]
    public void More_elements_than_are_ever_read_are_refused() =>
        Refused([0, 0, 8, 3, 0, 0, 4, 1, 0, 0, 4, 0, 0, 0, 4, 0], "at most 1073741824 elements", "got 1074790400");

    [Fact]
    public void A_header_that_promises_a_gigabyte_takes_none()
    {
        byte[] promise = [0, 0, 8, 3, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4, 0, 1, 2];
        Refused(promise, "expected 1073741824 bytes of elements", "got 2: the file is cut off");
        Assert.True(Allocations.Least(() => Assert.Throws<DataFileException>(() => IdxFile.Parse("some/file", promise, 3))) < 1 << 20);
        byte[] packed = Zip(promise);
        Assert.Contains(
            $"elements of at most 100 times the {packed.Length} bytes", Assert.Throws<DataFileException>(() => IdxFile.Parse("x.gz", packed, 3)).Message);
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_refused()
    {
        byte[] threeLabels = [0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 1];
        Assert.Contains(
            "expected 2 labels", Assert.Throws<DataFileException>(() => ImageDataSet.FromIdx("i", TwoPictures, "l", threeLabels, ["a", "b"])).Message);
        Assert.Contains("got 1 at example 0", Assert.Throws<DataFileException>(() => ImageDataSet.FromIdx("i", TwoPictures, "l", TwoLabels, ["a"])).Message);
    }

    private static void Refused(byte[] bytes, params string[] parts)
    {
        string message = Assert.Throws<DataFileException>(() => IdxFile.Parse("some/file", bytes, 3)).Message;
        Assert.StartsWith("some/file: ", message);
        Assert.All(parts, part => Assert.Contains(part, message));
    }

    private static byte[] Zip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
