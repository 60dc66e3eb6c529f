namespace Kappa.Lab.Tasks.Supervised;

/// <summary>Pictures as vectors.</summary>
internal sealed class FlatDataSet(DataSet whole) : DataSet(whole.Count, [whole.InputShape.Count], whole.InputType, whole.TargetShape, whole.TargetType)
{
    protected override void CopyCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets) => CopyOfEpochCore(rows, inputs, targets, 0);

    protected override void CopyOfEpochCore(ReadOnlySpan<int> rows, Tensor inputs, Tensor targets, long epoch) =>
        whole.Copy(rows, inputs.Reshape([rows.Length, .. whole.InputShape.ToArray()]), targets, epoch);
}
