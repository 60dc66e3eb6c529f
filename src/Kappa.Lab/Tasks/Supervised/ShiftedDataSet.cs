namespace Kappa.Lab.Tasks.Supervised;

/// <summary>A copy of a data set whose inputs differ; the same ones whenever an example is read.</summary>
/// <param name="whole">The examples as they are; where they are blurred, pictures <c>[channels, height, width]</c>.</param>
/// <param name="shift">How they differ.</param>
/// <param name="strength">How much.</param>
/// <param name="seed">Decides the noise, and what goes missing.</param>
/// <param name="encoder">What made the inputs of the rows of a table; null where they are none.</param>
/// <param name="columns">The columns of a table that go missing, in this order; none: all, in an order that is drawn.</param>
internal sealed class ShiftedDataSet(
    DataSet whole, Shift shift, double strength, int seed = 0, TableEncoder? encoder = null, IReadOnlyList<string>? columns = null)
    : DataSet(whole.Count, whole.InputShape, whole.InputType, whole.TargetShape, whole.TargetType)
{
    private readonly int[] _missing = shift == Shift.Missing && encoder is null ? First(strength, Drawn(whole.InputShape.Count, seed)) : [];

    /// <summary>The columns of a table that are missing.</summary>
    internal IReadOnlyList<string> MissingColumns { get; } =
        shift == Shift.Missing && encoder is not null ? Lacking(encoder, columns ?? [], strength, seed) : [];

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
                    AddNoise(example, new Philox((ulong)seed).Split("shift").Split(rows[i]));
                    break;
                case Shift.Blur:
                    Blur(example);
                    break;
                default:
                    encoder?.RemoveColumns(example, MissingColumns);
                    foreach (int input in _missing)
                        example[input] = 0;
                    break;
            }
        }
    }

    /// <summary>A share of what may go missing, so that what lacks more lacks all that one with less does.</summary>
    private static T[] First<T>(double share, T[] order) => order[..(int)Math.Round(share * order.Length)];

    private static int[] Drawn(int count, int seed)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new Philox((ulong)seed).Split("shift").Shuffle(order);
        return order;
    }

    private static string[] Lacking(TableEncoder encoder, IReadOnlyList<string> named, double share, int seed)
    {
        if (named.FirstOrDefault(name => !encoder.InputKinds.ContainsKey(name)) is { } unknown)
        {
            throw new ConfigException(
                $"there is no column \"{unknown}\" among the inputs; expected some of {string.Join(", ", encoder.InputKinds.Keys)}");
        }
        string[] all = [.. encoder.InputKinds.Keys.Order(StringComparer.Ordinal)];
        return First<string>(share, named.Count > 0 ? [.. named] : [.. Drawn(all.Length, seed).Select(place => all[place])]);
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
        if (strength == 0)
            return;
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
