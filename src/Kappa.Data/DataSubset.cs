namespace Kappa.Data;

/// <summary>Some of the examples of another data set, without a copy.</summary>
public sealed class DataSubset : DataSet
{
    private readonly DataSet _whole;
    private readonly int[] _rows;

    /// <summary>The given examples, in the given order.</summary>
    /// <param name="whole">Where the examples come from.</param>
    /// <param name="rows">Which, each 0 to Count - 1 of the whole.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row does not exist; the message names its position.</exception>
    public DataSubset(DataSet whole, IEnumerable<int> rows)
        : this(whole ?? throw new ArgumentNullException(nameof(whole)), [.. rows ?? throw new ArgumentNullException(nameof(rows))])
    {
    }

    private DataSubset(DataSet whole, int[] rows)
        : base(rows.Length, whole.InputShape, whole.InputType, whole.TargetShape, whole.TargetType)
    {
        whole.CheckRows(rows);
        (_whole, _rows) = (whole, rows);
    }

    /// <inheritdoc/>
    protected override void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets) => CopyOfEpochCore(rows, inputs, targets, 0);

    /// <inheritdoc/>
    protected override void CopyOfEpochCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets, long epoch)
    {
        int[] inWhole = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            inWhole[i] = _rows[rows[i]];
        _whole.Copy(inWhole, inputs, targets, epoch);
    }
}
