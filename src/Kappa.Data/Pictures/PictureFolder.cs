namespace Kappa.Data.Pictures;

/// <summary>The pictures of a folder that has one subfolder for each class: <c>cats/1.jpg</c>, <c>dogs/2.png</c>. Inputs are float32
/// <c>[1, height, width]</c> or <c>[3, height, width]</c>, normalised; targets are int32 labels <c>[]</c>.</summary>
/// <remarks>
/// <para>Labels follow the sorted names of the subfolders. PNG and JPEG files (<c>.png</c>, <c>.jpg</c>, <c>.jpeg</c>) are read, whichever of the two they
/// are; other files are counted in <see cref="IgnoredFiles"/>. Names that begin with a dot are left alone. An alpha channel is left out. A JPEG is
/// turned upright as its camera noted, unless <see cref="PictureFolderOptions.FollowOrientation"/> says otherwise.</para>
/// <para>Pictures that fit into <see cref="PictureFolderOptions.CacheBytes"/> are decoded once, by <see cref="Open"/>, and a batch costs about a nanosecond
/// for each value; others cost a quarter of a millisecond for each 64 x 64 JPEG and thread, and a tenth of a second or two for a photograph of 12
/// megapixels, each time. Then <see cref="Open"/> goes over all of them too, unless the normalisation is given and corrupt files are errors.</para>
/// <para>The files of a stranger: format, pixels and length are checked from the header before anything is decoded. Even so a decoder is a large program;
/// do not let it see files of people who mean ill without a process of its own around it.</para>
/// </remarks>
public sealed class PictureFolder : DataSet
{
    private readonly PictureFolderOptions _options;
    private readonly PictureStore _store;
    private readonly int[] _rows;
    private readonly int[] _labels;
    private readonly float[] _values;

    private PictureFolder(
        string folderPath, IReadOnlyList<string> classNames, int ignoredFiles, PictureFolderOptions options, PictureStore store, int[] rows,
        PictureNormalization normalization)
        : base(rows.Length, [options.Channels, store.Size.Height, store.Size.Width], DataType.Float32, Shape.Scalar, DataType.Int32)
    {
        (FolderPath, ClassNames, IgnoredFiles, Normalization) = (folderPath, classNames, ignoredFiles, normalization);
        (_options, _store, _rows) = (options, store, rows);
        _labels = [.. rows.Select(row => store.Files[row].Label)];
        _values = normalization.Table(options.Channels);
    }

    /// <summary>The folder.</summary>
    public string FolderPath { get; }

    /// <summary>The name of each class, by label.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The class of each example.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>What turned pixels into inputs.</summary>
    public PictureNormalization Normalization { get; }

    /// <summary>The files that could not be decoded, with what is wrong: of the whole folder, before any split.</summary>
    public IReadOnlyList<SkippedPicture> Skipped => _store.Skipped;

    /// <summary>How many files of the folder and its classes are no pictures by their name.</summary>
    public int IgnoredFiles { get; }

    /// <summary>Whether decoded pictures are kept in memory.</summary>
    public bool IsCached => _store.IsCached;

    /// <summary>Lists a folder and, where they are to be kept or measured, decodes its pictures.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Hears how many pictures are decoded, on the threads that decode; null for nobody.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>All pictures, by class and then by name.</returns>
    /// <exception cref="DataFileException">The folder has fewer than two classes, an empty one, or two whose names differ in capitals alone; a picture is
    /// corrupt, has another size where all must have one, or has changed meanwhile. The message names it.</exception>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="InvalidOperationException">All pixels are the same, and no normalisation is given.</exception>
    public static PictureFolder Open(
        string path, PictureFolderOptions? options = null, IProgress<PictureProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new PictureFolderOptions();
        options.Validate();
        string full = Path.GetFullPath(path);
        var listing = PictureListing.Of(full, options.ClassNames);
        var store = PictureStore.Open(listing.Files, options, progress, cancellation);
        foreach (var listed in listing.Files.GroupBy(file => file.Label))
        {
            if (store.Skipped.Count > 0 && !store.Files.Any(file => file.Label == listed.Key))
            {
                throw new DataFileException(
                    Path.Combine(full, listing.ClassNames[listed.Key]), "at least one picture that can be decoded",
                    $"none among {listed.Count()}; of the first: {store.Skipped.First(skipped => skipped.FilePath == listed.First().FilePath).Reason}");
            }
        }
        int[] rows = [.. Enumerable.Range(0, store.Files.Count)];
        return new PictureFolder(full, listing.ClassNames, listing.IgnoredFiles, options, store, rows, store.NormalizationOf(rows));
    }

    /// <summary>Another folder for the same model, such as one of test pictures: with the classes, the size and the normalisation of this one.</summary>
    /// <param name="path">The folder. It may lack classes, and may have no others.</param>
    /// <param name="progress">Hears how many pictures are decoded; null for nobody.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="DataFileException">As of <see cref="Open"/>.</exception>
    public PictureFolder OpenAlike(string path, IProgress<PictureProgress>? progress = null, CancellationToken cancellation = default) => Open(
        path, _options with { Height = _store.Size.Height, Width = _store.Size.Width, ClassNames = ClassNames, Normalization = Normalization }, progress,
        cancellation);

    /// <summary>Parts the pictures in two at random, each class by the same share. Both are normalised by the first part, unless the options said
    /// how.</summary>
    /// <param name="secondShare">The share of each class in the second part, above 0 and below 1; rounded, and at least one picture on each side.</param>
    /// <param name="generator">Decides which; it advances. The same seed gives the same parts.</param>
    /// <returns>The parts, such as training and validation, which share the memory of the whole; each keeps its order.</returns>
    /// <exception cref="InvalidOperationException">A class has a single picture.</exception>
    public (PictureFolder First, PictureFolder Second) SplitByClass(double secondShare, Philox generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        if (secondShare is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(secondShare), secondShare, "expected a share above 0 and below 1");
        List<int> first = [], second = [];
        foreach (var ofClass in Enumerable.Range(0, Count).GroupBy(row => _labels[row]).OrderBy(group => group.Key))
        {
            int[] rows = [.. ofClass.Select(row => _rows[row])];
            if (rows.Length < 2)
                throw new InvalidOperationException($"the class {ClassNames[ofClass.Key]} has a single picture, which cannot be on both sides of a split");
            generator.Shuffle(rows);
            int count = Math.Clamp((int)Math.Round(secondShare * rows.Length), 1, rows.Length - 1);
            second.AddRange(rows[..count]);
            first.AddRange(rows[count..]);
        }
        first.Sort();
        second.Sort();
        var normalization = _store.NormalizationOf(first);
        return (Part(first), Part(second));

        PictureFolder Part(List<int> rows) => new(FolderPath, ClassNames, IgnoredFiles, _options, _store, [.. rows], normalization);
    }

    /// <summary>The file of an example.</summary>
    /// <param name="row">The example, 0 to Count - 1.</param>
    public string PathOf(int row)
    {
        CheckRows([row]);
        return _store.Files[_rows[row]].FilePath;
    }

    /// <inheritdoc/>
    /// <exception cref="DataFileException">A picture that is not kept in memory has changed since the folder was opened, or is corrupt.</exception>
    protected override void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets)
    {
        int[] inStore = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            inStore[i] = _rows[rows[i]];
        byte[][] pictures = _store.Take(inStore);
        var values = inputs.Values<float>();
        var labels = targets.Values<int>();
        for (int i = 0; i < rows.Length; i++)
        {
            labels[i] = _labels[rows[i]];
            PictureNormalization.Apply(_values, pictures[i], values.Slice(i * InputShape.Count, InputShape.Count));
        }
    }
}
