namespace Kappa.Fuzz.Targets;

/// <summary>Pictures.</summary>
internal static class PictureTargets
{
    private const int Side = 8;

    private static readonly string[] Classes = ["a", "b", "c"];

    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("picture", ReadPicture)
        {
            Readers = ["PictureReader.Read", "PictureReader.FilesOf", "PictureFolder.Open", "PictureFolder.OpenAlike"], Refusals = [typeof(DataFileException)],
            FileName = "input.png",
            // A header may promise as many pixels as the options allow, at eight bytes each.
            MostAllocated = length => (64L << 20) + (4096L * length) + (8L << 20),
            Seeds = () =>
            [
                ("grey-png", PictureFiles.Png(7, 5, 90)), ("colour-png", PictureFiles.Png(9, 6, (x, y) => (20 * x, 30 * y, 7 * x * y % 256))),
                ("grey-jpeg", PictureFiles.Jpeg(16, 9, 120)), ("jpeg", PictureFiles.Jpeg(17, 18, (x, y) => 13 * x * y % 256)),
            ],
        },
        Idx("idx-pictures", (input, labels) => ImageDataSet.FromIdx("input", input, "labels", labels, Classes), Pictures()),
        Idx("idx-labels", (input, _) => ImageDataSet.FromIdx("pictures", Pictures(), "input", input, Classes), Labels()),
        new("idx-packed", input =>
        {
            string labels = input.Beside("labels");
            File.WriteAllBytes(labels, Labels());
            return Described(ImageDataSet.FromIdx(input.File, labels, Classes));
        })
        {
            Readers = ["ImageDataSet.FromIdx"], Refusals = [typeof(DataFileException)], FileName = "input.gz", Seeds = () => [("packed", Packed(Pictures()))],
        },
    ];

    private static FuzzTarget Idx(string name, Func<byte[], byte[], ImageDataSet> read, byte[] valid) =>
        new(name, input => Described(read(input.Bytes, Labels())))
        {
            Readers = ["ImageDataSet.FromIdx"], Refusals = [typeof(DataFileException)], Seeds = () => [("valid", valid)],
        };

    private static string Described(ImageDataSet data) => $"{data.Count} {data.InputShape}";

    private static string ReadPicture(FuzzInput input)
    {
        string path = input.File;
        var options = new PictureFolderOptions { Height = Side, Width = Side, Normalization = PictureNormalization.None, MostPixels = 1 << 20, Workers = 1 };
        var (picture, _) = new PictureReader(options).Read(PictureReader.FilesOf(path));
        var (again, _) = new PictureReader(options).Read([path]);
        UnfaithfulException.Require("a second reading", string.Join(' ', picture!.ToArray<float>()), string.Join(' ', again!.ToArray<float>()));
        foreach (string label in Classes)
        {
            _ = Directory.CreateDirectory(input.Beside($"folder/{label}"));
            File.Copy(path, input.Beside($"folder/{label}/1.png"));
        }
        var folder = PictureFolder.Open(input.Beside("folder"), options);
        var alike = folder.OpenAlike(input.Beside("folder"));
        var inputs = Tensor.Zeros([1, 3, Side, Side]);
        alike.Copy([0], inputs, Tensor.Zeros([1], DataType.Int32));
        UnfaithfulException.Require("a folder of it", string.Join(' ', picture.ToArray<float>()), string.Join(' ', inputs.ToArray<float>()));
        return picture.Shape.ToString();
    }

    private static byte[] Pictures() => [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, .. Enumerable.Range(0, 12).Select(value => (byte)(20 * value))];

    private static byte[] Labels() => [0, 0, 8, 1, 0, 0, 0, 2, 0, 2];

    private static byte[] Packed(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return stream.ToArray();
    }
}
