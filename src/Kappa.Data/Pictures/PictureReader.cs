namespace Kappa.Data.Pictures;

/// <summary>Reads pictures that have no labels, to predict from them: to the bits that <see cref="PictureFolder"/> with the same options gives.</summary>
public sealed class PictureReader
{
    private readonly PictureFolderOptions _options;
    private readonly PictureDecoder _decoder;
    private readonly float[] _values;

    /// <summary>A reader of pictures.</summary>
    /// <param name="options">Those of the pictures that were trained on, with a size and a normalisation. Nothing is kept in memory.</param>
    /// <exception cref="ArgumentException">The options have no size or no normalisation, or contradict each other.</exception>
    public PictureReader(PictureFolderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options is not { Height: { } height, Width: { } width, Normalization: { } normalization })
        {
            throw new ArgumentException(
                "PictureReader: expected options with Height, Width and Normalization, as the pictures had that were trained on", nameof(options));
        }
        (_options, _decoder, InputShape) = (options, new PictureDecoder(options, (height, width)), [options.Channels, height, width]);
        _values = normalization.Table(options.Channels);
    }

    /// <summary>The shape of one input, <c>[channels, height, width]</c>.</summary>
    public Shape InputShape { get; }

    /// <summary>The pictures of a path, in the order of their names: those directly in a folder, then those of its subfolders.</summary>
    /// <param name="path">A picture, or a folder of them, flat or with a subfolder for each class. Names that begin with a dot are left alone.</param>
    /// <returns>Their paths, 1 or more.</returns>
    /// <exception cref="DataFileException">There is none, or a subfolder has subfolders.</exception>
    public static IReadOnlyList<string> FilesOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return PictureListing.Unlabelled(path);
    }

    /// <summary>Decodes some pictures, by <see cref="PictureFolderOptions.Workers"/> threads.</summary>
    /// <param name="files">Their paths, 1 or more.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Float32 <c>[pictures, channels, height, width]</c>, in their order without those that were left out, null where none is left; and those, with
    /// what is wrong with them.</returns>
    /// <exception cref="DataFileException">A picture is corrupt, and <see cref="PictureFolderOptions.SkipCorrupt"/> does not leave it out.</exception>
    public (Tensor? Inputs, IReadOnlyList<SkippedPicture> Skipped) Read(IReadOnlyList<string> files, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentOutOfRangeException.ThrowIfZero(files.Count, nameof(files));
        byte[]?[] pixels = new byte[]?[files.Count];
        PictureFile[] listed = [.. files.Select(file => PictureFile.Of(new FileInfo(file), label: 0))];
        string?[] reasons = PictureStore.DecodeEach(listed, _options, _decoder, cancellation, (i, decoded) => pixels[i] = decoded);
        SkippedPicture[] skipped = [.. from entry in reasons.Index() where entry.Item is not null select new SkippedPicture(files[entry.Index], entry.Item)];
        if (skipped.Length == files.Count)
            return (null, skipped);
        var inputs = Tensor.Zeros([files.Count - skipped.Length, .. InputShape.ToArray()]);
        int at = 0;
        foreach (byte[] picture in pixels.OfType<byte[]>())
            PictureNormalization.Apply(_values, picture, inputs.Values<float>().Slice(InputShape.Count * at++, InputShape.Count));
        return (inputs, skipped);
    }
}
