namespace Kappa.Data;

/// <summary>A data set that is two tensors in memory, the examples along their first axis.</summary>
public sealed class TensorDataSet : DataSet
{
    private readonly Tensor _inputs;
    private readonly Tensor _targets;

    /// <summary>Takes the tensors as they are, without a copy, and keeps them from the scope they were made in.</summary>
    /// <param name="inputs"><c>[examples, ..]</c>.</param>
    /// <param name="targets"><c>[examples, ..]</c>.</param>
    /// <exception cref="TensorShapeException">A tensor is a scalar, or their first axes differ.</exception>
    public TensorDataSet(Tensor inputs, Tensor targets)
        : base(CountOf(inputs, targets), ExampleShape(inputs), inputs.DataType, ExampleShape(targets), targets.DataType) =>
        (_inputs, _targets) = (inputs.Keep(), targets.Keep());

    /// <inheritdoc/>
    protected override void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets)
    {
        CopyRows(_inputs, rows, inputs);
        CopyRows(_targets, rows, targets);
    }

    private static int CountOf(Tensor inputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        return inputs.Rank > 0 && targets.Rank > 0 && inputs.Shape[0] == targets.Shape[0]
            ? inputs.Shape[0]
            : throw new TensorShapeException(
                $"TensorDataSet: inputs and targets need the same number of examples as their first axis; got {inputs.Shape} and {targets.Shape}");
    }

    private static Shape ExampleShape(Tensor tensor) => new(tensor.Shape.ToArray().AsSpan(1));

    private static void CopyRows(Tensor source, ReadOnlySpan<int> rows, Tensor destination)
    {
        switch (source.DataType)
        {
            case DataType.Float32: CopyRows<float>(source, rows, destination); break;
            case DataType.Float64: CopyRows<double>(source, rows, destination); break;
            case DataType.Int64: CopyRows<long>(source, rows, destination); break;
            default: CopyRows<int>(source, rows, destination); break;
        }
    }

    private static void CopyRows<T>(Tensor source, ReadOnlySpan<int> rows, Tensor destination)
        where T : unmanaged
    {
        if (rows.IsEmpty)
            return;
        ReadOnlySpan<T> from = source.ReadOnlyValues<T>();
        Span<T> to = destination.Values<T>();
        int length = to.Length / rows.Length;
        for (int i = 0; i < rows.Length; i++)
            from.Slice(rows[i] * length, length).CopyTo(to[(i * length)..]);
    }
}
