using System.Numerics.Tensors;
using Tensor = Kappa.Tensors.Tensor;

namespace Kappa.Rescaling;

/// <summary>A block with a number for each pair of output and input channel: the sum over the elements of the kernel between them.</summary>
internal sealed class DenseBlock(Tensor g, int[] enter, int[] leave, int groups) : UnitBlock(enter, leave)
{
    private readonly int _inputs = leave.Length / groups;
    private readonly int _groupOutputs = enter.Length / groups;
    private readonly double[] _columns = new double[leave.Length];

    internal override double Total(double[] u, double[] inverse)
    {
        Gather(u);
        double sum = 0;
        for (int o = 0; o < Enter.Length; o++)
            sum += TensorPrimitives.Dot<double>(Row(o), Seen(o)) * inverse[Enter[o]];
        return sum;
    }

    internal override void AddIncoming(int from, int to, double[] u, double[] sums)
    {
        var rows = RowsOf(from, to);
        if (rows.IsEmpty)
            return;
        Gather(u);
        foreach (int o in rows)
            sums[Enter[o]] += MeetsItself ? WithoutItself(o) : TensorPrimitives.Dot<double>(Row(o), Seen(o));
    }

    internal override void AddOutgoing(int from, int to, double[] inverse, double[] sums)
    {
        var columns = ColumnsOf(from, to);
        if (columns.IsEmpty)
            return;
        if (MeetsItself || columns[^1] - columns[0] != columns.Length - 1)
        {
            OneByOne(columns, inverse, sums);
            return;
        }

        int first = columns[0], end = columns[^1] + 1;
        var gathered = _columns.AsSpan(first, end - first);
        gathered.Clear();
        for (int o = 0; o < Enter.Length; o++)
        {
            int start = o / _groupOutputs * _inputs;
            int low = Math.Max(first, start), high = Math.Min(end, start + _inputs);
            if (low >= high)
                continue;
            var into = _columns.AsSpan(low, high - low);
            TensorPrimitives.MultiplyAdd(Row(o)[(low - start)..(high - start)], inverse[Enter[o]], into, into);
        }

        for (int j = first; j < end; j++)
            sums[Leave[j]] += _columns[j];
    }

    internal override void Shift(int by) => Scaled.Shift(g, by);

    private void OneByOne(ReadOnlySpan<int> columns, double[] inverse, double[] sums)
    {
        var values = g.ReadOnlyValues<double>();
        foreach (int j in columns)
        {
            int group = j / _inputs;
            double sum = 0;
            for (int o = group * _groupOutputs; o < (group + 1) * _groupOutputs; o++)
                sum += Enter[o] == Leave[j] ? 0 : values[(o * _inputs) + (j % _inputs)] * inverse[Enter[o]];
            sums[Leave[j]] += sum;
        }
    }

    private double WithoutItself(int o)
    {
        var row = Row(o);
        var columns = Seen(o);
        int start = o / _groupOutputs * _inputs;
        double sum = 0;
        for (int i = 0; i < row.Length; i++)
            sum += Leave[start + i] == Enter[o] ? 0 : row[i] * columns[i];
        return sum;
    }

    private void Gather(double[] u)
    {
        for (int j = 0; j < _columns.Length; j++)
            _columns[j] = u[Leave[j]];
    }

    private ReadOnlySpan<double> Row(int o) => g.ReadOnlyValues<double>().Slice(o * _inputs, _inputs);

    private ReadOnlySpan<double> Seen(int o) => _columns.AsSpan(o / _groupOutputs * _inputs, _inputs);
}
