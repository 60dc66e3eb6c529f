namespace Kappa.Rescaling;

/// <summary>The sum over all parameters of g_i exp((B z)_i), split into blocks, with what a rescaling needs to know of each unit. Units count from 1.</summary>
internal sealed class UnitProblem
{
    private readonly UnitBlock[] _blocks;

    internal UnitProblem(int units, UnitBlock[] blocks, double constant, int exponent, long parameters, long[] incoming, long[] outgoing)
    {
        (Units, _blocks, Constant, Exponent, Parameters, Incoming, Outgoing) = (units, blocks, constant, exponent, parameters, incoming, outgoing);
        Runs = [.. FindRuns()];
    }

    internal int Units { get; }

    /// <summary>The share of the parameters that no scale reaches.</summary>
    internal double Constant { get; }

    /// <summary>All g, and the constant, are to be multiplied by 2^this.</summary>
    internal int Exponent { get; }

    /// <summary>p: how many parameters there are.</summary>
    internal long Parameters { get; }

    /// <summary>|in|: how many parameters enter each unit from elsewhere.</summary>
    internal long[] Incoming { get; }

    /// <summary>|out|: how many parameters leave each unit for elsewhere.</summary>
    internal long[] Outgoing { get; }

    /// <summary>Ranges of units of which no two share a parameter: they meet only through the total, so that the sums of all may be taken before any of them
    /// moves.</summary>
    internal IReadOnlyList<UnitRun> Runs { get; }

    internal double Total(double[] u, double[] inverse)
    {
        double sum = Constant;
        foreach (var block in _blocks)
            sum += block.Total(u, inverse);
        return sum;
    }

    private IEnumerable<UnitRun> FindRuns()
    {
        var entering = Touching(block => block.EnteredUnits);
        var leaving = Touching(block => block.LeftUnits);
        var entered = new HashSet<UnitBlock>();
        var left = new HashSet<UnitBlock>();
        int start = 1;
        for (int unit = 1; unit <= Units; unit++)
        {
            if (entering[unit].Exists(left.Contains) || leaving[unit].Exists(entered.Contains))
            {
                yield return new UnitRun(start, unit, [.. entered], [.. left]);
                start = unit;
                entered.Clear();
                left.Clear();
            }

            entered.UnionWith(entering[unit]);
            left.UnionWith(leaving[unit]);
        }

        yield return new UnitRun(start, Units + 1, [.. entered], [.. left]);
    }

    private List<UnitBlock>[] Touching(Func<UnitBlock, IEnumerable<int>> unitsOf)
    {
        var result = new List<UnitBlock>[Units + 1];
        for (int unit = 0; unit <= Units; unit++)
            result[unit] = [];
        foreach (var block in _blocks)
        {
            foreach (int unit in unitsOf(block))
                result[unit].Add(block);
        }

        return result;
    }
}
