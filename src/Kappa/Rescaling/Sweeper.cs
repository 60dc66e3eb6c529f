namespace Kappa.Rescaling;

/// <summary>Exact coordinate minimisation over the log-scales z, unit by unit, in order.</summary>
internal sealed class Sweeper
{
    private readonly UnitProblem _problem;
    private readonly double[] _u;
    private readonly double[] _inverse;
    private readonly double[] _incoming;
    private readonly double[] _outgoing;

    internal Sweeper(UnitProblem problem)
    {
        _problem = problem;
        int length = problem.Units + 1;
        (_u, _inverse, Logarithms) = (new double[length], new double[length], new double[length]);
        (_incoming, _outgoing, IsDead) = (new double[length], new double[length], new bool[length]);
        Array.Fill(_u, 1);
        Array.Fill(_inverse, 1);
        Total = problem.Total(_u, _inverse);
    }

    /// <summary>log u; entry 0 stays 0.</summary>
    internal double[] Logarithms { get; }

    /// <summary>Units that nothing enters or nothing leaves; they keep their scale.</summary>
    internal bool[] IsDead { get; }

    /// <summary>The sum over all parameters, without the problem's exponent.</summary>
    internal double Total { get; private set; }

    /// <summary>Sweeps until no log-scale moves by more than the tolerance.</summary>
    /// <param name="options">The most sweeps, and the tolerance.</param>
    /// <param name="rule">log u that is best for one unit, given |in|, |out|, what enters it, what leaves it, and the rest.</param>
    /// <param name="afterSweep">Told after each sweep.</param>
    /// <param name="unit">What the tolerance is measured in, per log u.</param>
    internal (int Sweeps, bool Converged, double LargestChange) Run(RescalingOptions options, Func<UnitSums, double> rule, Action afterSweep, double unit)
    {
        double largest = 0;
        for (int sweep = 1; sweep <= options.Sweeps; sweep++)
        {
            largest = Sweep(rule) * unit;
            Total = _problem.Total(_u, _inverse);
            afterSweep();
            if (largest <= options.Tolerance)
                return (sweep, true, largest);
        }

        return (options.Sweeps, false, largest);
    }

    /// <summary>The largest difference between what leaves and what enters a unit, relative to both together.</summary>
    internal double Imbalance() => Largest(h =>
    {
        double leaving = _outgoing[h] * _u[h], entering = _incoming[h] * _inverse[h];
        return Math.Abs(leaving - entering) / (leaving + entering);
    });

    /// <summary>The largest |dF/dz| over the units, each relative to how many parameters its scale moves: 0 at the minimum, 1 where everything hangs on one side.</summary>
    internal double Residual() => Largest(h =>
    {
        long entering = _problem.Incoming[h], leaving = _problem.Outgoing[h];
        double gradient = (_problem.Parameters * ((_outgoing[h] * _u[h]) - (_incoming[h] * _inverse[h])) / Total) + entering - leaving;
        return Math.Abs(gradient) / (entering + leaving);
    });

    private double Largest(Func<int, double> measure)
    {
        double largest = 0;
        foreach (var run in _problem.Runs)
        {
            run.Sums(_u, _inverse, _incoming, _outgoing);
            for (int h = run.From; h < run.To; h++)
                largest = IsDead[h] ? largest : Math.Max(largest, measure(h));
        }

        return largest;
    }

    private double Sweep(Func<UnitSums, double> rule)
    {
        double largest = 0;
        foreach (var run in _problem.Runs)
        {
            run.Sums(_u, _inverse, _incoming, _outgoing);
            for (int h = run.From; h < run.To; h++)
            {
                var (c, b) = (_incoming[h], _outgoing[h]);
                IsDead[h] = c == 0 || b == 0;
                if (IsDead[h])
                    continue;
                double rest = Math.Max(0, Total - (b * _u[h]) - (c * _inverse[h]));
                double next = rule(new UnitSums(_problem.Parameters, _problem.Incoming[h], _problem.Outgoing[h], c, b, rest));
                largest = Math.Max(largest, Math.Abs(next - Logarithms[h]));
                Logarithms[h] = next;
                _u[h] = Math.Exp(next);
                _inverse[h] = Math.Exp(-next);
                Total = rest + (b * _u[h]) + (c * _inverse[h]);
            }
        }

        return largest;
    }
}
