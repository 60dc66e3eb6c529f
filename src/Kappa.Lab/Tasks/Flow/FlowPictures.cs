namespace Kappa.Lab.Tasks.Flow;

/// <summary>Small pictures with values from -1 (black) to 1, to learn and to compare with.</summary>
/// <param name="Training">What is learned.</param>
/// <param name="TrainingLabels">Their classes, which only the classifier sees.</param>
/// <param name="Validation">What was not trained on.</param>
/// <param name="ValidationLabels">Their classes.</param>
/// <param name="Classes">How many classes.</param>
/// <param name="Package">Where they come from.</param>
/// <param name="Fingerprint">The SHA-256 of all.</param>
internal sealed record FlowPictures(
    PointSet Training, int[] TrainingLabels, PointSet Validation, int[] ValidationLabels, int Classes, string Package, string Fingerprint)
{
    private const int FullSide = 28;
    private const int Chunk = 1000;

    /// <summary>Reads them. Each part comes in an order drawn by the generator, so that the first of it show every class.</summary>
    /// <exception cref="FileNotFoundException">The data set is not installed; the message names the command that installs it.</exception>
    public static FlowPictures Load(FlowSettings settings, Philox generator, CancellationToken cancellation)
    {
        if (settings.Data == FlowSettings.Fashion)
            return Of(FashionMnist.Training(), FashionMnist.Test(), FashionMnist.Training().ClassNames.Count, DataCatalog.FashionMnist.Name);
        var (training, validation) = HandwrittenDigits.Load();
        return Of(training, validation, 10, DataCatalog.HandwrittenDigits.Name);

        FlowPictures Of(DataSet training, DataSet validation, int classes, string package)
        {
            int count = settings.Examples == 0 ? training.Count : settings.Examples;
            var (pictures, labels) = Shrunk(training, count, settings.Side, generator.Split("training order"), cancellation);
            var (others, otherLabels) = Shrunk(validation, validation.Count, settings.Side, generator.Split("validation order"), cancellation);
            return new FlowPictures(pictures, labels, others, otherLabels, classes, package, DataFingerprint.Of(training, validation));
        }
    }

    /// <summary>The means of squares of pixels, without a margin where squares do not fill the picture.</summary>
    internal static void Shrink(ReadOnlySpan<float> picture, Span<float> small, int side)
    {
        int square = FullSide / side, margin = (FullSide - (square * side)) / 2;
        for (int row = 0; row < side; row++)
        {
            for (int column = 0; column < side; column++)
            {
                double sum = 0;
                for (int pixel = 0; pixel < square * square; pixel++)
                    sum += picture[((margin + (row * square) + (pixel / square)) * FullSide) + margin + (column * square) + (pixel % square)];
                small[(row * side) + column] = (float)((2 * sum / (square * square)) - 1);
            }
        }
    }

    private static (PointSet Pictures, int[] Labels) Shrunk(DataSet data, int count, int side, Philox generator, CancellationToken cancellation)
    {
        count = Math.Min(count, data.Count);
        int[] order = [.. Enumerable.Range(0, data.Count)];
        generator.Shuffle(order);
        float[] pictures = new float[count * side * side];
        int[] labels = new int[count];
        int done = 0;
        foreach (var batch in new DataSubset(data, order.Take(count)).BatchesInOrder(Math.Min(Chunk, count)))
        {
            cancellation.ThrowIfCancellationRequested();
            var values = batch.Inputs.ReadOnlyValues<float>();
            var classes = batch.Targets.ReadOnlyValues<int>();
            for (int i = 0; i < classes.Length; i++, done++)
            {
                Shrink(values.Slice(i * FullSide * FullSide, FullSide * FullSide), pictures.AsSpan(done * side * side, side * side), side);
                labels[done] = classes[i];
            }
        }
        return (new PointSet(pictures, side * side), labels);
    }
}
