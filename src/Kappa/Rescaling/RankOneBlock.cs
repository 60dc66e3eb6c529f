namespace Kappa.Rescaling;

/// <summary>The block of a linear layer that was used once: g_oj = delta_o x_j, so that a sweep costs O(out + in).</summary>
internal sealed class RankOneBlock(double[] delta, double[] x, int[] enter, int[] leave) : UnitBlock(enter, leave)
{
    internal override double Total(double[] u, double[] inverse) => Rows(inverse) * Columns(u);

    internal override void AddIncoming(int from, int to, double[] u, double[] sums)
    {
        var rows = RowsOf(from, to);
        if (rows.IsEmpty)
            return;
        double all = MeetsItself ? 0 : Columns(u);
        foreach (int o in rows)
            sums[Enter[o]] += delta[o] * (MeetsItself ? ColumnsWithout(Enter[o], u) : all);
    }

    internal override void AddOutgoing(int from, int to, double[] inverse, double[] sums)
    {
        var columns = ColumnsOf(from, to);
        if (columns.IsEmpty)
            return;
        double all = MeetsItself ? 0 : Rows(inverse);
        foreach (int j in columns)
            sums[Leave[j]] += x[j] * (MeetsItself ? RowsWithout(Leave[j], inverse) : all);
    }

    internal override void Shift(int by)
    {
        // Half each, so that neither leaves the range of a double before their product does.
        Scaled.Shift(delta, by / 2);
        Scaled.Shift(x, by - (by / 2));
    }

    private double Rows(double[] inverse) => RowsWithout(-1, inverse);

    private double Columns(double[] u) => ColumnsWithout(-1, u);

    private double RowsWithout(int unit, double[] inverse)
    {
        double sum = 0;
        for (int o = 0; o < delta.Length; o++)
            sum += Enter[o] == unit ? 0 : delta[o] * inverse[Enter[o]];
        return sum;
    }

    private double ColumnsWithout(int unit, double[] u)
    {
        double sum = 0;
        for (int j = 0; j < x.Length; j++)
            sum += Leave[j] == unit ? 0 : x[j] * u[Leave[j]];
        return sum;
    }
}
