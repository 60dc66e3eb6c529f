namespace Kappa.Data.Pictures;

/// <summary>Pictures of another data set, varied at random, differently in each epoch: to train on, not to measure on.</summary>
/// <remarks>What becomes of a picture is a function of the seed, the epoch and its row alone (Philox): a training that is resumed gets the same bits, in
/// whatever order and batches, with any number of threads. Costs a copy of the batch. <see cref="DataSet.BatchesInOrder"/> gives the variation of epoch
/// 0.</remarks>
public sealed class AugmentedDataSet : DataSet
{
    private readonly DataSet _pictures;
    private readonly Augmentation _augmentation;
    private readonly Philox _generator;

    /// <summary>Varies the pictures of a data set.</summary>
    /// <param name="pictures">Inputs float32 <c>[channels, height, width]</c>.</param>
    /// <param name="augmentation">How.</param>
    /// <param name="seed">Decides the variations.</param>
    /// <exception cref="TensorShapeException">The inputs are no pictures.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The augmentation has a setting out of its range, or moves a picture by its height or width.</exception>
    public AugmentedDataSet(DataSet pictures, Augmentation augmentation, ulong seed)
        : base(
            (pictures ?? throw new ArgumentNullException(nameof(pictures))).Count,
            pictures.InputShape, pictures.InputType, pictures.TargetShape, pictures.TargetType)
    {
        ArgumentNullException.ThrowIfNull(augmentation);
        augmentation.Validate();
        if (InputShape.Rank != 3 || InputType != DataType.Float32)
            throw new TensorShapeException($"AugmentedDataSet: expected pictures [channels, height, width] Float32; got {InputShape} {InputType}");
        if (augmentation.CropPadding >= Math.Min(InputShape[1], InputShape[2]))
        {
            throw new ArgumentOutOfRangeException(
                nameof(augmentation), augmentation.CropPadding,
                $"Augmentation.CropPadding: expected less than the height and width of pictures {InputShape}, of which something must be left");
        }
        (_pictures, _augmentation, _generator) = (pictures, augmentation, new Philox(seed).Split("augmentation"));
    }

    /// <inheritdoc/>
    protected override void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets) => CopyOfEpochCore(rows, inputs, targets, 0);

    /// <inheritdoc/>
    protected override void CopyOfEpochCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets, long epoch)
    {
        _pictures.Copy(rows, inputs, targets, epoch);
        var values = inputs.Values<float>();
        int length = InputShape.Count;
        float[] copy = new float[length];
        var ofEpoch = _generator.Split(epoch);
        for (int i = 0; i < rows.Length; i++)
        {
            var random = ofEpoch.Split(rows[i]);
            // Drawn whether it is used or not, so that one setting does not change what the others draw.
            bool isFlipped = random.NextInt32(2) == 1 && _augmentation.Flip;
            int most = _augmentation.CropPadding;
            int down = random.NextInt32((2 * most) + 1) - most, right = random.NextInt32((2 * most) + 1) - most;
            if (isFlipped || down != 0 || right != 0)
                Vary(values.Slice(i * length, length), copy, isFlipped, down, right);
        }
    }

    /// <summary>Moves a picture, and then mirrors it.</summary>
    private void Vary(Span<float> picture, Span<float> copy, bool isFlipped, int down, int right)
    {
        int height = InputShape[1], width = InputShape[2];
        picture.CopyTo(copy);
        picture.Fill(_augmentation.Padding);
        int from = Math.Max(0, -right), count = width - Math.Abs(right);
        for (int line = 0; line < InputShape[0] * height; line++)
        {
            int source = (line % height) - down;
            var row = picture.Slice(line * width, width);
            if (source >= 0 && source < height)
                copy.Slice(((line - down) * width) + from, count).CopyTo(row[Math.Max(0, right)..]);
            if (isFlipped)
                row.Reverse();
        }
    }
}
