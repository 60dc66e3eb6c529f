namespace Kappa.Lab.Tasks.Prediction;

/// <summary>A copy of a data set whose inputs differ; the same ones whenever an example is read.</summary>
internal sealed class ShiftedDataSet(DataSet whole, Shift shift, double strength)
    : DataSet(whole.Count, whole.InputShape, whole.InputType, whole.TargetShape, whole.TargetType)
{
    private readonly bool[] _isMissing = shift == Shift.Missing ? Missing(whole.InputShape.Count, strength) : [];

    protected override void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets)
    {
        whole.Copy(rows, inputs, targets);
        var values = inputs.Values<float>();
        int length = InputShape.Count;
        for (int i = 0; i < rows.Length; i++)
        {
            var example = values.Slice(i * length, length);
            switch (shift)
            {
                case Shift.Noise:
                    AddNoise(example, new Philox(0).Split("shift").Split(rows[i]));
                    break;
                case Shift.Blur:
                    Blur(example);
                    break;
                default:
                    for (int j = 0; j < length; j++)
                        example[j] = _isMissing[j] ? 0 : example[j];
                    break;
            }
        }
    }

    private static bool[] Missing(int inputs, double share)
    {
        int[] order = [.. Enumerable.Range(0, inputs)];
        new Philox(0).Split("shift").Shuffle(order);
        bool[] missing = new bool[inputs];
        foreach (int input in order.AsSpan(0, (int)Math.Round(share * inputs)))
            missing[input] = true;
        return missing;
    }

    private void AddNoise(Span<float> example, Philox generator)
    {
        using var noise = Tensor.Normal([example.Length], generator);
        var drawn = noise.ReadOnlyValues<float>();
        for (int j = 0; j < example.Length; j++)
            example[j] += (float)strength * drawn[j];
    }

    /// <summary>Rows, then columns, by the samples of a normal density up to three deviations, which sum to one; the edge goes on beyond the picture.</summary>
    private void Blur(Span<float> example)
    {
        int reach = (int)Math.Ceiling(3 * strength), height = InputShape[-2], width = InputShape[-1];
        double[] kernel = [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(at => Math.Exp(-at * at / (2 * strength * strength)))];
        double sum = kernel.Sum();
        float[] line = new float[Math.Max(height, width)];
        for (int plane = 0; plane < example.Length; plane += height * width)
        {
            for (int y = 0; y < height; y++)
                BlurLine(example, plane + (y * width), 1, width);
            for (int x = 0; x < width; x++)
                BlurLine(example, plane + x, width, height);
        }

        void BlurLine(Span<float> values, int start, int stride, int count)
        {
            for (int at = 0; at < count; at++)
                line[at] = values[start + (at * stride)];
            for (int at = 0; at < count; at++)
            {
                double blurred = 0;
                for (int k = -reach; k <= reach; k++)
                    blurred += kernel[k + reach] * line[Math.Clamp(at + k, 0, count - 1)];
                values[start + (at * stride)] = (float)(blurred / sum);
            }
        }
    }
}
