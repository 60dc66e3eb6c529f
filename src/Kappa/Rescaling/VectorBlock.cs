namespace Kappa.Rescaling;

/// <summary>The block of a bias, or of anything that multiplies channels one by one.</summary>
internal sealed class VectorBlock(double[] g, int[] enter, int[] leave) : UnitBlock(enter, leave)
{
    internal override double Total(double[] u, double[] inverse)
    {
        double sum = 0;
        for (int i = 0; i < g.Length; i++)
            sum += g[i] * u[Leave[i]] * inverse[Enter[i]];
        return sum;
    }

    internal override void AddIncoming(int from, int to, double[] u, double[] sums)
    {
        foreach (int i in RowsOf(from, to))
        {
            if (Enter[i] != Leave[i])
                sums[Enter[i]] += g[i] * u[Leave[i]];
        }
    }

    internal override void AddOutgoing(int from, int to, double[] inverse, double[] sums)
    {
        foreach (int i in ColumnsOf(from, to))
        {
            if (Enter[i] != Leave[i])
                sums[Leave[i]] += g[i] * inverse[Enter[i]];
        }
    }

    internal override void Shift(int by) => Scaled.Shift(g, by);
}
