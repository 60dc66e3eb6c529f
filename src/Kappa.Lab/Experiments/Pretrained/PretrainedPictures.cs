namespace Kappa.Lab.Experiments.Pretrained;

/// <summary>Fashion-MNIST as the network takes pictures: three channels from 0 to 255, blue first, less the mean of ImageNet.</summary>
/// <param name="Training">What is trained on.</param>
/// <param name="Validation">What rates are chosen by.</param>
/// <param name="Test">What is reported.</param>
internal sealed record PretrainedPictures(TensorDataSet Training, TensorDataSet Validation, TensorDataSet Test)
{
    // The means over the mean picture of the package's ResNetPreprocess.onnx: blue, green, red.
    private static readonly float[] Means = [103.06f, 115.90f, 123.15f];

    /// <summary>Reads the first pictures of each part.</summary>
    internal static PretrainedPictures Load(PretrainedSettings settings)
    {
        var (training, test) = Pictures.Fashion;
        return new PretrainedPictures(
            Resized(training, 0, settings.Pictures, settings.Side), Resized(training, settings.Pictures, settings.HeldOut, settings.Side),
            Resized(test, 0, settings.HeldOut, settings.Side));
    }

    /// <summary>Some pictures, resized.</summary>
    internal static TensorDataSet Resized(DataSet data, int first, int count, int side)
    {
        var batch = data.Take([.. Enumerable.Range(first, count)]);
        try
        {
            int from = data.InputShape[1];
            float[] pixels = new float[count * 3 * side * side];
            var given = batch.Inputs.ReadOnlyValues<float>();
            for (int picture = 0; picture < count; picture++)
                Resize(given.Slice(picture * from * from, from * from), from, pixels.AsSpan(picture * 3 * side * side, 3 * side * side), side);
            return new TensorDataSet(Tensor.From(pixels, [count, 3, side, side]), Tensor.From(batch.Targets.ToArray<int>(), [count]));
        }
        finally
        {
            batch.Release();
        }
    }

    /// <summary>Bilinear between the centres of pixels, as image libraries have it.</summary>
    private static void Resize(ReadOnlySpan<float> picture, int from, Span<float> channels, int side)
    {
        for (int row = 0; row < side; row++)
        {
            var (top, bottom, down) = Between(row, from, side);
            for (int column = 0; column < side; column++)
            {
                var (left, right, across) = Between(column, from, side);
                float upper = Mix(picture[(top * from) + left], picture[(top * from) + right], across);
                float lower = Mix(picture[(bottom * from) + left], picture[(bottom * from) + right], across);
                float value = 255 * Mix(upper, lower, down);
                for (int channel = 0; channel < Means.Length; channel++)
                    channels[(((channel * side) + row) * side) + column] = value - Means[channel];
            }
        }
    }

    private static (int Low, int High, float Share) Between(int place, int from, int side)
    {
        double at = Math.Clamp(((place + 0.5) * from / side) - 0.5, 0, from - 1);
        int low = (int)at;
        return (low, Math.Min(low + 1, from - 1), (float)(at - low));
    }

    private static float Mix(float one, float other, float share) => one + (share * (other - one));
}
