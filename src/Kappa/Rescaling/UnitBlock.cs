namespace Kappa.Rescaling;

/// <summary>Positive numbers g, one for each element of a parameter (or for several that share their units), each of which enters one unit and leaves one: it
/// counts g u_leave / u_enter.</summary>
internal abstract class UnitBlock
{
    private readonly Lookup _byEnter;
    private readonly Lookup _byLeave;

    protected UnitBlock(int[] enter, int[] leave)
    {
        (Enter, Leave) = (enter, leave);
        (_byEnter, _byLeave) = (new Lookup(enter), new Lookup(leave));
        MeetsItself = enter.Where(unit => unit != 0).Intersect(leave).Any();
    }

    /// <summary>The unit that each row enters; 0 for none.</summary>
    internal int[] Enter { get; }

    /// <summary>The unit that each column leaves; 0 for none.</summary>
    internal int[] Leave { get; }

    /// <summary>Whether some unit is both entered and left.</summary>
    internal bool MeetsItself { get; }

    internal IEnumerable<int> EnteredUnits => _byEnter.Units;

    internal IEnumerable<int> LeftUnits => _byLeave.Units;

    /// <summary>The rows that enter units from one up to, not including, another.</summary>
    protected ReadOnlySpan<int> RowsOf(int from, int to) => _byEnter.Positions(from, to);

    /// <summary>The columns that leave units from one up to, not including, another.</summary>
    protected ReadOnlySpan<int> ColumnsOf(int from, int to) => _byLeave.Positions(from, to);

    /// <summary>The sum of g u_leave / u_enter over all elements.</summary>
    internal abstract double Total(double[] u, double[] inverse);

    /// <summary>Adds, to the entry of each unit of a range, the sum of g u_leave over the elements that enter it from elsewhere.</summary>
    internal abstract void AddIncoming(int from, int to, double[] u, double[] sums);

    /// <summary>Adds, to the entry of each unit of a range, the sum of g / u_enter over the elements that leave it for elsewhere.</summary>
    internal abstract void AddOutgoing(int from, int to, double[] inverse, double[] sums);

    /// <summary>Multiplies every g by 2^by.</summary>
    internal abstract void Shift(int by);

    /// <summary>Positions sorted by the unit that they belong to.</summary>
    private sealed class Lookup
    {
        private readonly int[] _units;
        private readonly int[] _positions;

        internal Lookup(int[] unitOf)
        {
            _positions = [.. Enumerable.Range(0, unitOf.Length).Where(position => unitOf[position] != 0)];
            _units = Array.ConvertAll(_positions, position => unitOf[position]);
            bool sorted = true;
            for (int i = 1; i < _units.Length; i++)
                sorted &= _units[i - 1] <= _units[i];
            if (!sorted)
            {
                // Stable, so that positions of one unit stay in order.
                int[] order = [.. Enumerable.Range(0, _units.Length).OrderBy(i => _units[i])];
                (_units, _positions) = (Array.ConvertAll(order, i => _units[i]), Array.ConvertAll(order, i => _positions[i]));
            }
        }

        internal IEnumerable<int> Units => _units.Distinct();

        internal ReadOnlySpan<int> Positions(int from, int to)
        {
            int start = First(from);
            return _positions.AsSpan(start, First(to) - start);
        }

        private int First(int unit)
        {
            int low = 0, high = _units.Length;
            while (low < high)
            {
                int middle = (low + high) / 2;
                if (_units[middle] < unit)
                    low = middle + 1;
                else
                    high = middle;
            }

            return low;
        }
    }
}
