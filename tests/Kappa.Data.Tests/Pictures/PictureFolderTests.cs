namespace Kappa.Data.Tests.Pictures;

public sealed class PictureFolderTests
{
    private static readonly PictureFolderOptions Plain = new() { Normalization = PictureNormalization.None };

    [Fact]
    public void Classes_are_the_sorted_subfolders_and_inputs_are_red_green_and_blue()
    {
        using var folder = new TemporaryFolder();
        folder.Save("dog/1.png", PictureFiles.Png(2, 1, (x, _) => (10 + x, 20 + x, 30 + x)));
        folder.Save("Zebra/1.PNG", PictureFiles.Png(2, 1, 51));
        folder.Save("cat/b.png", PictureFiles.Png(2, 1, 255));
        folder.Save("cat/a.png", PictureFiles.Png(2, 1, 0));
        var pictures = PictureFolder.Open(folder.FullPath, Plain);
        Assert.Equal(["Zebra", "cat", "dog"], pictures.ClassNames);
        Assert.Equal([0, 1, 1, 2], pictures.Labels.ToArray());
        Assert.Equal([3, 1, 2], pictures.InputShape.ToArray());
        Assert.True(pictures.IsCached);
        Assert.EndsWith("a.png", pictures.PathOf(1));
        var (x, y) = pictures.Take([3, 2, 0]);
        Assert.Equal([2, 1, 0], y.ToArray<int>());
        Assert.Equal(
            [10, 11, 20, 21, 30, 31, 255, 255, 255, 255, 255, 255, 51, 51, 51, 51, 51, 51], x.ToArray<float>().Select(value => (int)MathF.Round(255 * value)));
    }

    [Fact]
    public void Grey_is_the_luminance()
    {
        using var folder = new TemporaryFolder();
        folder.Save("a/1.png", PictureFiles.Png(1, 1, (_, _) => (255, 0, 0)));
        folder.Save("b/1.png", PictureFiles.Png(1, 1, (_, _) => (0, 255, 0)));
        folder.Save("b/2.png", PictureFiles.Png(1, 1, (_, _) => (0, 0, 255)));
        var (x, _) = PictureFolder.Open(folder.FullPath, Plain with { IsGrey = true }).Take([0, 1, 2]);
        Assert.Equal([3, 1, 1, 1], x.Shape.ToArray());
        Assert.Equal([0.2126, 0.7152, 0.0722], x.ToArray<float>().Select(value => Math.Round(value, 4)), (a, b) => Math.Abs(a - b) < 0.004);
    }

    [Fact]
    public void The_extension_need_not_be_that_of_the_format_and_other_files_are_counted()
    {
        using var folder = new TemporaryFolder();
        folder.Save("a/1.png", PictureFiles.Jpeg(8, 8, 100));
        folder.Save("b/1.JPEG", PictureFiles.Png(8, 8, 100));
        folder.Save("b/notes.txt", [1]);
        folder.Save("b/.hidden.png", [1]);
        folder.Save(".git/x.png", [1]);
        folder.Save("readme.md", [1]);
        var pictures = PictureFolder.Open(folder.FullPath, Plain);
        Assert.Equal((2, 3), (pictures.Count, pictures.IgnoredFiles));
        Assert.All(pictures.Take([0, 1]).Inputs.ToArray<float>(), value => Assert.InRange(255 * value, 98, 102));
    }

    [Theory]
    [InlineData(PictureFit.Stretch, new[] { 1f, 1f, 0f, 0f })]
    [InlineData(PictureFit.CropToCentre, new[] { 1f, 0f })]
    [InlineData(PictureFit.Border, new[] { 0.2f, 1f, 0f, 0.2f })]
    public void A_picture_of_another_shape_is_stretched_cropped_or_gets_a_border(PictureFit fit, float[] expected)
    {
        using var folder = new TemporaryFolder();
        // Left half white, right half black, 16 x 8.
        foreach (string name in new[] { "a/1.png", "b/1.png" })
            folder.Save(name, PictureFiles.Png(16, 8, (x, _) => x < 8 ? (255, 255, 255) : (0, 0, 0)));
        var pictures = PictureFolder.Open(folder.FullPath, Plain with { Height = 8, Width = 8, Fit = fit, Border = 51, IsGrey = true });
        float[] values = pictures.Take([0]).Inputs.ToArray<float>();
        // Quarters of the first column and of the middle row.
        float[] got = fit switch
        {
            PictureFit.Stretch => [values[24], values[25], values[30], values[31]],
            PictureFit.CropToCentre => [values[0], values[7]],
            _ => [values[3], values[24], values[31], values[60]],
        };
        Assert.Equal(expected, got, (a, b) => Math.Abs(a - b) < 0.02);
    }

    [Fact]
    public void Inputs_are_normalised_by_the_pictures_and_after_a_split_by_its_first_part()
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(20, 30);
        var pictures = PictureFolder.Open(folder.FullPath, new() { IsGrey = true });
        float[] all = pictures.Take([.. Enumerable.Range(0, 50)]).Inputs.ToArray<float>();
        Assert.Equal(0, all.Average(), 1e-6);
        Assert.Equal(1, all.Average(value => value * value), 1e-5);
        var (training, validation) = pictures.SplitByClass(0.3, new Philox(1));
        float[] first = training.Take([.. Enumerable.Range(0, training.Count)]).Inputs.ToArray<float>();
        Assert.Equal(0, first.Average(), 1e-6);
        Assert.Equal(1, first.Average(value => value * value), 1e-5);
        Assert.Same(training.Normalization, validation.Normalization);
        // The mean and deviation of greys 0 to 49, by hand.
        Assert.Equal(24.5 / 255, pictures.Normalization.Mean[0], 1e-12);
        Assert.Equal(Math.Sqrt(((50 * 50) - 1) / 12.0) / 255, pictures.Normalization.Deviation[0], 1e-12);
    }

    [Fact]
    public void A_split_has_the_same_share_of_each_class_and_depends_on_the_seed_alone()
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(40, 10, 2);
        var pictures = PictureFolder.Open(folder.FullPath, Plain);
        var (training, validation) = pictures.SplitByClass(0.2, new Philox(1));
        Assert.Equal([32, 8, 1], Counts(training));
        Assert.Equal([8, 2, 1], Counts(validation));
        Assert.Equal(Paths(pictures), Paths(training).Concat(Paths(validation)).Order(StringComparer.Ordinal));
        Assert.Equal(Paths(validation), Paths(pictures.SplitByClass(0.2, new Philox(1)).Second));
        Assert.NotEqual(Paths(validation), Paths(pictures.SplitByClass(0.2, new Philox(2)).Second));
        int row = Paths(pictures).IndexOf(validation.PathOf(3));
        Assert.Equal(pictures.Take([row]).Inputs.ToArray<float>(), validation.Take([3]).Inputs.ToArray<float>());
    }

    [Fact]
    public void The_cache_and_the_number_of_workers_change_nothing()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 12; i++)
            folder.Save($"{(char)('a' + (i % 2))}/{i}.jpg", PictureFiles.Jpeg(20 + i, 30 - i, 20 * i));
        int[] rows = [5, 0, 11, 5, 7];
        var options = new PictureFolderOptions { Height = 10, Width = 12 };
        var reference = PictureFolder.Open(folder.FullPath, options with { Workers = 1 });
        Assert.True(reference.IsCached);
        foreach (int workers in new[] { 1, 3 })
        {
            // One picture less than all of them fits.
            var other = PictureFolder.Open(folder.FullPath, options with { Workers = workers, CacheBytes = (12 * 3 * 10 * 12) - 1 });
            Assert.False(other.IsCached);
            Assert.Equal(reference.Normalization.Mean, other.Normalization.Mean);
            Assert.Equal(reference.Take(rows).Inputs.ToArray<float>(), other.Take(rows).Inputs.ToArray<float>());
        }
    }

    [Fact]
    public void A_test_folder_takes_classes_size_and_normalisation_of_the_training_folder()
    {
        using var folder = new TemporaryFolder();
        folder.Save("train/a/1.png", PictureFiles.Png(4, 4, 10));
        folder.Save("train/b/1.png", PictureFiles.Png(4, 4, 20));
        folder.Save("train/c/1.png", PictureFiles.Png(4, 4, 30));
        folder.Save("test/c/1.png", PictureFiles.Png(9, 9, 20));
        var training = PictureFolder.Open(folder["train"]);
        var test = training.OpenAlike(folder["test"]);
        Assert.Equal([2], test.Labels.ToArray());
        Assert.Equal(training.InputShape, test.InputShape);
        Assert.All(test.Take([0]).Inputs.ToArray<float>(), value => Assert.Equal(0, value, 1e-6f));
        folder.Save("test/d/1.png", PictureFiles.Png(4, 4, 20));
        Refused(() => training.OpenAlike(folder["test"]), "known classes (a, b, c)", "the folder d");
    }

    public static TheoryData<string, string[]> BadFolders => new()
    {
        { "", ["no subfolder"] },
        { "1.png", ["no subfolder, and 1 pictures without a class"] },
        { "a/1.png", ["at least two classes", "one class alone, a"] },
        { "a/1.png b/", ["/b:", "at least one picture", "got none"] },
        { "a/1.png b/1.txt", ["/b:", "1 files of other kinds"] },
        { "a/1.png A/1.png b/1.png", ["differ in more than capitals", "A and a"] },
        { "a/1.png b/c/1.png", ["/b:", "the folder c in it"] },
    };

    [Theory]
    [MemberData(nameof(BadFolders))]
    public void A_folder_that_is_no_set_of_classes_is_refused(string files, string[] parts)
    {
        using var folder = new TemporaryFolder();
        foreach (string name in files.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name.EndsWith('/'))
                _ = Directory.CreateDirectory(folder[name]);
            else
                folder.Save(name, PictureFiles.Png(1, 1, 0));
        }
        Refused(() => PictureFolder.Open(folder.FullPath, Plain), [folder.FullPath, .. parts]);
    }

    [Fact]
    public void A_missing_folder_and_a_file_in_its_place_are_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Save("file", [1]);
        Refused(() => PictureFolder.Open(folder["nowhere"]), "nowhere", "nothing of that name");
        Refused(() => PictureFolder.Open(folder["file"]), "got a file");
    }

    [Fact]
    public void The_first_corrupt_picture_is_named_whatever_the_workers_and_skipping_names_all()
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(30, 30);
        // Found out late, by its checksum, when others have long failed.
        byte[] slow = PictureFiles.Png(1000, 1000, (x, y) => (x % 251, y % 241, x * y % 239));
        slow[^20] ^= 1;
        folder.Save("a/007.png", slow);
        folder.Save("b/003.png", [1, 2, 3]);
        folder.Save("b/029.png", PictureFiles.Png(1, 1, 0)[..50]);
        var sized = Plain with { Height = 1, Width = 1 };
        for (int workers = 1; workers < 9; workers++)
            Refused(() => PictureFolder.Open(folder.FullPath, sized with { Workers = workers }), "a/007.png: ", "can be decoded", "SkipCorrupt");
        foreach (long cache in new[] { 1L << 20, 0 })
        {
            var pictures = PictureFolder.Open(folder.FullPath, sized with { SkipCorrupt = true, CacheBytes = cache });
            Assert.Equal(57, pictures.Count);
            Assert.Equal(["007.png", "003.png", "029.png"], pictures.Skipped.Select(skipped => Path.GetFileName(skipped.FilePath)));
            Assert.Contains("begins with 010203", pictures.Skipped[1].Reason);
            Assert.DoesNotContain("007.png", Paths(pictures)[7]);
            Assert.Equal(8 / 255f, pictures.Take([7]).Inputs.ToArray<float>()[0]);
        }
    }

    [Fact]
    public void A_class_of_corrupt_pictures_alone_is_refused_even_where_they_are_skipped()
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(3, 3);
        folder.Save("c/1.png", [1]);
        Refused(() => PictureFolder.Open(folder.FullPath, Plain with { SkipCorrupt = true }), "/c:", "none among 1", "begins with 01");
    }

    [Fact]
    public void A_file_that_changed_since_it_was_listed_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(3, 3);
        var pictures = PictureFolder.Open(folder.FullPath, Plain with { CacheBytes = 0 });
        Assert.Equal(1 / 255f, pictures.Take([1]).Inputs.ToArray<float>()[0]);
        File.SetLastWriteTimeUtc(folder["a/001.png"], DateTime.UnixEpoch);
        Refused(() => pictures.Take([0, 1]), "a/001.png: ", "changed since");
        File.Delete(folder["a/001.png"]);
        Refused(() => pictures.Take([0, 1]), "a/001.png: ", "no file");
        _ = pictures.Take([0, 2]);
    }

    [Fact]
    public void Pictures_of_several_sizes_need_a_size()
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(2, 2);
        folder.Save("b/000.png", PictureFiles.Png(2, 3, 0));
        Refused(
            () => PictureFolder.Open(folder.FullPath, Plain with { SkipCorrupt = true }),
            "b/000.png: ", "1 pixels wide and 1 high", "got 2 x 3", "Height and Width");
    }

    [Fact]
    public void Bounds_hold_before_anything_is_decoded()
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(2, 2);
        folder.Save("b/000.png", PictureFiles.Png(100, 100, 0));
        var sized = Plain with { Height = 1, Width = 1 };
        Refused(() => PictureFolder.Open(folder.FullPath, sized with { MostPixels = 9_999 }), "b/000.png: ", "at most 9999 pixels", "100 x 100");
        Refused(() => PictureFolder.Open(folder.FullPath, sized with { MostFileBytes = 75 }), "bytes (PictureFolderOptions.MostFileBytes)");
    }

    [Fact]
    public void Wrong_options_are_refused()
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(1, 2);
        Refused<ArgumentException>(() => PictureFolder.Open(folder.FullPath, new() { Height = 3 }), "both Height and Width", "got 3 and 0");
        Refused<ArgumentOutOfRangeException>(() => PictureFolder.Open(folder.FullPath, new() { Height = 0, Width = 3 }), "PictureFolderOptions.Height");
        Refused<ArgumentOutOfRangeException>(() => PictureFolder.Open(folder.FullPath, new() { Workers = 0 }), "PictureFolderOptions.Workers");
        Refused<ArgumentException>(() => PictureFolder.Open(folder.FullPath, new() { Normalization = new([0, 0], [1]) }), "one or 3", "[0, 0]");
        Refused<ArgumentException>(() => PictureFolder.Open(folder.FullPath, new() { Normalization = new([0], [0]) }), "above 0");
        Refused<ArgumentException>(() => PictureFolder.Open(folder.FullPath, Plain with { ClassNames = ["a", "a"] }), "each once");
        Refused<InvalidOperationException>(() => PictureFolder.Open(folder.FullPath, Plain).SplitByClass(0.5, new Philox(1)), "class a has a single picture");
        using var black = new TemporaryFolder();
        black.Save("a/1.png", PictureFiles.Png(2, 2, 0));
        black.Save("b/1.png", PictureFiles.Png(2, 2, 0));
        Refused<InvalidOperationException>(() => PictureFolder.Open(black.FullPath), "same value in channel 0", "PictureNormalization.None");
    }

    [Fact]
    public void Opening_can_be_cancelled()
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(2, 2);
        _ = Assert.ThrowsAny<OperationCanceledException>(() => PictureFolder.Open(folder.FullPath, Plain, null, new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1L << 30)]
    public void Progress_counts_every_picture_once(long cache)
    {
        using var folder = new TemporaryFolder();
        folder.SaveClasses(20, 11);
        folder.Save("b/x.png", [1, 2, 3]);
        var said = new System.Collections.Concurrent.ConcurrentBag<PictureProgress>();
        var options = new PictureFolderOptions { SkipCorrupt = true, CacheBytes = cache, Workers = 3 };
        _ = PictureFolder.Open(folder.FullPath, options, new Said<PictureProgress>(said.Add));
        Assert.Equal(Enumerable.Range(1, 32).Select(done => new PictureProgress(done, 32)), said.OrderBy(progress => progress.Done));
    }

    private static int[] Counts(PictureFolder pictures) => [.. pictures.Labels.ToArray().GroupBy(label => label).Select(group => group.Count())];

    private static List<string> Paths(PictureFolder pictures) => [.. Enumerable.Range(0, pictures.Count).Select(pictures.PathOf)];

    private static void Refused(Func<object> action, params string[] parts) => Refused<DataFileException>(action, parts);

    private static void Refused<T>(Func<object> action, params string[] parts)
        where T : Exception
    {
        string message = Assert.Throws<T>(() => _ = action()).Message;
        Assert.All(parts, part => Assert.Contains(part, message));
    }
}
