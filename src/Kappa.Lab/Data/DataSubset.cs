namespace Kappa.Lab.Data;

/// <summary>Some of the examples of another data set, without a copy.</summary>
public sealed class DataSubset : IDataSet
{
    private readonly IDataSet _whole;
    private readonly int[] _rows;

    /// <summary>The given examples, in the given order.</summary>
    /// <param name="whole">Where the examples come from.</param>
    /// <param name="rows">Which, each 0 to Count - 1 of the whole.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row does not exist; the message names its position.</exception>
    public DataSubset(IDataSet whole, IEnumerable<int> rows)
    {
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentNullException.ThrowIfNull(rows);
        (_whole, _rows) = (whole, [.. rows]);
        for (int i = 0; i < _rows.Length; i++)
        {
            if ((uint)_rows[i] >= (uint)whole.Count)
                throw new ArgumentOutOfRangeException(nameof(rows), _rows[i], $"rows[{i}] is not an example: expected 0 to {whole.Count - 1}");
        }
    }

    /// <inheritdoc/>
    public int Count => _rows.Length;

    /// <inheritdoc/>
    public Shape InputShape => _whole.InputShape;

    /// <inheritdoc/>
    public DataType InputType => _whole.InputType;

    /// <inheritdoc/>
    public Shape TargetShape => _whole.TargetShape;

    /// <inheritdoc/>
    public DataType TargetType => _whole.TargetType;

    /// <inheritdoc/>
    public void Copy(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets)
    {
        this.CheckCopy(rows, inputs, targets);
        int[] inWhole = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            inWhole[i] = _rows[rows[i]];
        _whole.Copy(inWhole, inputs, targets);
    }
}
