namespace Kappa.Data.Pictures;

/// <summary>Grey pictures with a class each. Inputs are float32 from 0 (black) to 1, shaped <c>[1, height, width]</c>; targets are int32 labels.</summary>
/// <remarks>Holds one byte per pixel: 47 MB for the 60,000 training pictures of Fashion-MNIST.</remarks>
public sealed class ImageDataSet : DataSet
{
    private readonly byte[] _pixels;
    private readonly byte[] _labels;
    private readonly float[] _values;

    /// <summary>Pictures in memory.</summary>
    /// <param name="pixels">Row-major <c>[examples, height, width]</c>; not copied.</param>
    /// <param name="labels">The class of each, 0 to the number of names - 1; not copied.</param>
    /// <param name="height">Pixels from top to bottom.</param>
    /// <param name="width">Pixels from left to right.</param>
    /// <param name="classNames">A name for each class.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label has no name; the message names its position.</exception>
    public ImageDataSet(byte[] pixels, byte[] labels, int height, int width, IReadOnlyList<string> classNames)
        : this(
            pixels, labels ?? throw new ArgumentNullException(nameof(labels)), [1, height, width], classNames,
            [.. Enumerable.Range(0, 256).Select(value => value / 255f)])
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(classNames);
        if (pixels.LongLength != (long)labels.Length * height * width)
            throw new ArgumentException(
                $"{labels.Length} pictures of {height} x {width} have {(long)labels.Length * height * width} pixels; got {pixels.LongLength}", nameof(pixels));
        int wrong = IndexOfNoClass(labels, classNames);
        if (wrong >= 0)
            throw new ArgumentOutOfRangeException(nameof(labels), labels[wrong], $"labels[{wrong}] is not a class: expected 0 to {classNames.Count - 1}");
    }

    private ImageDataSet(byte[] pixels, byte[] labels, Shape inputShape, IReadOnlyList<string> classNames, float[] values)
        : base(labels.Length, inputShape, DataType.Float32, Shape.Scalar, DataType.Int32) =>
        (_pixels, _labels, ClassNames, _values) = (pixels, labels, classNames, values);

    /// <summary>The name of each class, by label.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The class of each example.</summary>
    public ReadOnlySpan<byte> Labels => _labels;

    /// <summary>Reads a pair of IDX files, packed with gzip (<c>.gz</c>) or not.</summary>
    /// <param name="imagesPath">The pictures: three axes of unsigned bytes.</param>
    /// <param name="labelsPath">The labels: one axis of unsigned bytes.</param>
    /// <param name="classNames">A name for each class.</param>
    /// <exception cref="DataFileException">A file is not of that format, is cut off, or they do not belong together.</exception>
    public static ImageDataSet FromIdx(string imagesPath, string labelsPath, IReadOnlyList<string> classNames) =>
        FromIdx(
            imagesPath, BoundedFile.ReadAllBytes(imagesPath, IdxFile.MostBytes),
            labelsPath, BoundedFile.ReadAllBytes(labelsPath, IdxFile.MostBytes), classNames);

    /// <summary>The same pictures as vectors <c>[height * width]</c>, for networks without convolutions. Shares the memory.</summary>
    public ImageDataSet AsVectors() => new(_pixels, _labels, [InputShape.Count], ClassNames, _values);

    /// <summary>The same pictures with <c>(value - mean) / standardDeviation</c> as pixels. Shares the memory.</summary>
    /// <param name="mean">Of the values as they are now.</param>
    /// <param name="standardDeviation">Of the values as they are now; above 0.</param>
    public ImageDataSet Normalized(double mean, double standardDeviation)
    {
        if (!double.IsFinite(mean) || !double.IsFinite(standardDeviation) || standardDeviation <= 0)
            throw new ArgumentOutOfRangeException(
                nameof(standardDeviation), $"expected a finite mean and a finite standard deviation above 0; got {mean:R} and {standardDeviation:R}");
        return new(_pixels, _labels, InputShape, ClassNames, [.. _values.Select(value => (float)((value - mean) / standardDeviation))]);
    }

    /// <inheritdoc/>
    protected override void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets)
    {
        var pixels = inputs.Values<float>();
        var labels = targets.Values<int>();
        int length = InputShape.Count;
        ReadOnlySpan<float> values = _values;
        for (int i = 0; i < rows.Length; i++)
        {
            labels[i] = _labels[rows[i]];
            var from = _pixels.AsSpan(rows[i] * length, length);
            var to = pixels.Slice(i * length, length);
            for (int j = 0; j < from.Length; j++)
                to[j] = values[from[j]];
        }
    }

    /// <summary>Reads a pair of IDX files that are in memory.</summary>
    /// <param name="imagesPath">What errors call the pictures; packed with gzip where it ends in <c>.gz</c>.</param>
    /// <param name="images">The bytes of the pictures.</param>
    /// <param name="labelsPath">What errors call the labels.</param>
    /// <param name="labels">The bytes of the labels.</param>
    /// <param name="classNames">A name for each class.</param>
    /// <exception cref="DataFileException">A file is not of that format, is cut off, or they do not belong together.</exception>
    public static ImageDataSet FromIdx(string imagesPath, byte[] images, string labelsPath, byte[] labels, IReadOnlyList<string> classNames)
    {
        var (lengths, pixels) = IdxFile.Parse(imagesPath, images, rank: 3);
        var (counts, classes) = IdxFile.Parse(labelsPath, labels, rank: 1);
        if (counts[0] != lengths[0])
            throw new DataFileException(labelsPath, $"{lengths[0]} labels, one for each picture of {imagesPath}", $"{counts[0]}");
        int wrong = IndexOfNoClass(classes, classNames);
        return wrong < 0
            ? new ImageDataSet(pixels, classes, lengths[1], lengths[2], classNames)
            : throw new DataFileException(labelsPath, $"labels from 0 to {classNames.Count - 1}", $"{classes[wrong]} at example {wrong}");
    }

    private static int IndexOfNoClass(ReadOnlySpan<byte> labels, IReadOnlyList<string> classNames) =>
        classNames.Count > byte.MaxValue ? -1 : labels.IndexOfAnyInRange((byte)classNames.Count, byte.MaxValue);
}
