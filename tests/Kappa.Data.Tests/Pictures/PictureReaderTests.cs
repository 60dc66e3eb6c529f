namespace Kappa.Data.Tests.Pictures;

public sealed class PictureReaderTests
{
    private static readonly PictureFolderOptions Options = new() { Height = 4, Width = 6, Normalization = new([0.4], [0.2]) };

    [Fact]
    public void Pictures_come_as_a_folder_of_classes_gives_them()
    {
        using var folder = new TemporaryFolder();
        folder.Save("b/1.png", PictureFiles.Png(9, 7, (x, y) => (10 * x, 20 * y, x + y)));
        folder.Save("a/2.jpg", PictureFiles.Jpeg(12, 8, 90));
        folder.Save("a/1.png", PictureFiles.Png(6, 4, 200));
        folder.Save("a/notes.txt", [1]);
        folder.Save("a/.hidden.png", [1]);
        var pictures = PictureFolder.Open(folder.FullPath, Options);
        var files = PictureReader.FilesOf(folder.FullPath);
        Assert.Equal(Enumerable.Range(0, 3).Select(pictures.PathOf), files);
        var (inputs, skipped) = new PictureReader(Options).Read(files);
        Assert.Empty(skipped);
        Assert.Equal([3, 3, 4, 6], inputs!.Shape.ToArray());
        Assert.Equal(pictures.Take([0, 1, 2]).Inputs.ToArray<float>(), inputs.ToArray<float>());
    }

    [Fact]
    public void A_path_is_a_picture_or_a_folder_flat_or_by_class()
    {
        using var folder = new TemporaryFolder();
        folder.Save("b.png", PictureFiles.Png(1, 1, 1));
        folder.Save("a.JPG", PictureFiles.Jpeg(1, 1, 1));
        folder.Save("Z/1.png", PictureFiles.Png(1, 1, 1));
        folder.Save(".git/1.png", PictureFiles.Png(1, 1, 1));
        Assert.Equal(["a.JPG", "b.png", "Z/1.png"], PictureReader.FilesOf(folder.FullPath).Select(file => Path.GetRelativePath(folder.FullPath, file)));
        Assert.Equal([folder["b.png"]], PictureReader.FilesOf(folder["b.png"]));
        _ = Directory.CreateDirectory(folder["Z/deep"]);
        Refused(() => PictureReader.FilesOf(folder.FullPath), "Z: expected a class with its pictures directly inside, got the folder deep");
        Refused(() => PictureReader.FilesOf(folder["none"]), "got nothing of that name");
        Refused(() => PictureReader.FilesOf(folder["Z/deep"]), "got a folder with neither");
    }

    [Fact]
    public void Corrupt_pictures_are_errors_or_left_out_and_named()
    {
        using var folder = new TemporaryFolder();
        folder.Save("1.png", PictureFiles.Png(6, 4, 51));
        folder.Save("2.png", [1, 2, 3]);
        folder.Save("3.png", PictureFiles.Png(6, 4, 102)[..60]);
        folder.Save("4.png", PictureFiles.Png(6, 4, 153));
        var files = PictureReader.FilesOf(folder.FullPath);
        Refused(() => new PictureReader(Options).Read(files), "2.png: expected a PNG or JPEG picture, got a file that begins with 010203");
        var reader = new PictureReader(Options with { SkipCorrupt = true, Normalization = PictureNormalization.None });
        var (inputs, skipped) = reader.Read(files);
        Assert.Equal(["2.png", "3.png"], skipped.Select(one => Path.GetFileName(one.FilePath)));
        Assert.Equal([2, 3, 4, 6], inputs!.Shape.ToArray());
        float[] values = inputs.ToArray<float>();
        Assert.Equal((0.2f, 0.6f), (values[0], values[^1]));
        Assert.Null(reader.Read([folder["2.png"], folder["3.png"]]).Inputs);
    }

    [Fact]
    public void What_is_missing_among_the_options_is_named()
    {
        foreach (var options in new[] { Options with { Normalization = null }, Options with { Height = null, Width = null } })
            Assert.Contains("Height, Width and Normalization", Assert.Throws<ArgumentException>(() => new PictureReader(options)).Message);
    }

    private static void Refused(Func<object> action, string message) =>
        Assert.Contains(message, Assert.Throws<DataFileException>(() => _ = action()).Message);
}
