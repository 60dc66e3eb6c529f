using System.Numerics.Tensors;

namespace Kappa.Rescaling;

/// <summary>Exact coordinate minimisation over the log-scales z, unit by unit, in order.</summary>
internal sealed class Sweeper
{
    private readonly UnitProblem _problem;
    private readonly double[] _u;
    private readonly double[] _inverse;
    private readonly double[] _incoming;
    private readonly double[] _outgoing;
    // A slow mode shows itself when the fast ones have died away, which takes some plain sweeps.
    private const int SweepsToTrust = 20;
    private double _slowest;

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

    /// <summary>The criterion after each sweep.</summary>
    internal List<double> History { get; } = [];

    /// <summary>Sweeps until no log-scale has further than the tolerance to go.</summary>
    /// <param name="options">The most sweeps, and the tolerance; with tolerance 0 the sweeps are plain ones.</param>
    /// <param name="rule">log u that is best for one unit, given |in|, |out|, what enters it, what leaves it, and the rest.</param>
    /// <param name="criterion">F at the scales as they are.</param>
    /// <param name="unit">What the tolerance is measured in, per log u.</param>
    internal (bool Converged, double LargestChange) Run(RescalingOptions options, Func<UnitSums, double> rule, Func<double> criterion, double unit)
    {
        double largest = 0, tolerance = options.Tolerance / unit;
        List<double[]> steps = [];
        int trusted = 0;
        while (History.Count < options.Sweeps)
        {
            double[] before = [.. Logarithms];
            largest = Sweep(rule);
            Total = _problem.Total(_u, _inverse);
            double value = criterion();
            steps.Add([.. Logarithms.Zip(before, (after, old) => after - old)]);
            double way = largest <= tolerance ? WayToGo(steps, largest) : double.PositiveInfinity;
            bool isNear = way <= tolerance;
            // Where it cannot be told, as among rounding errors, nothing is said against what was told before.
            trusted = isNear ? trusted + 1 : double.IsNaN(way) ? trusted : 0;
            bool isConverged = isNear && (trusted > SweepsToTrust || largest <= Resolution());
            if (options.Tolerance > 0 && !isNear && !double.IsNaN(way) && steps.Count > 1 && Extrapolate(steps[^1], steps[^2], criterion, ref value))
                steps.Clear();
            History.Add(value);
            if (isConverged)
                return (true, largest * unit);
        }

        return (false, largest * unit);
    }

    /// <summary>
    /// How much further the steps go: they shrink by a factor r from sweep to sweep, and the series adds up to step r / (1 - r), which is far where units hang
    /// on one another in a long chain. r is the slowest that was seen, since an extrapolation hides a slow mode behind a fast one. NaN while r still changes,
    /// or where there are too few steps to tell.
    /// </summary>
    private double WayToGo(List<double[]> steps, double largest)
    {
        if (largest <= Resolution())
            return 0;
        if (steps.Count < 3)
            return double.NaN;
        double ratio = largest / Largest(steps[^2]), before = Largest(steps[^2]) / Largest(steps[^3]);
        bool isSteady = ratio < 1 && before < 1 && 1 - ratio > 0.98 * (1 - before);
        if (!isSteady)
            return double.NaN;
        _slowest = Math.Max(_slowest, Math.Max(ratio, before));
        return largest * _slowest / (1 - _slowest);
    }

    /// <summary>Below it, steps are rounding errors.</summary>
    private double Resolution() => 1e-15 * Math.Max(1, Largest(Logarithms));

    private static double Largest(double[] values) => Math.Abs(TensorPrimitives.MaxMagnitude<double>(values));

    /// <summary>
    /// All units meet in the total, which makes a slow mode: steps that shrink by a factor r from sweep to sweep. Where two steps in a row say so, the rest of
    /// the series is taken at once, step r / (1 - r), and kept if the criterion is lower there.
    /// </summary>
    /// <returns>Whether it was kept.</returns>
    private bool Extrapolate(double[] step, double[] lastStep, Func<double> criterion, ref double value)
    {
        double[] now = [.. Logarithms];
        double ratio = TensorPrimitives.Dot<double>(step, lastStep) / TensorPrimitives.Dot<double>(lastStep, lastStep);
        if (!(ratio is > 0.1 and < 0.99999))
            return false;
        double total = Total;
        Set([.. now.Zip(step, (z, change) => z + (change * ratio / (1 - ratio)))]);
        Total = _problem.Total(_u, _inverse);
        double there = criterion();
        if (there < value)
        {
            value = there;
            return true;
        }

        Set(now);
        Total = total;
        return false;
    }

    private void Set(double[] logarithms)
    {
        for (int h = 1; h < logarithms.Length; h++)
        {
            Logarithms[h] = logarithms[h];
            _u[h] = Math.Exp(logarithms[h]);
            _inverse[h] = Math.Exp(-logarithms[h]);
        }
    }

    /// <summary>The largest difference between what leaves and what enters a unit, relative to both together.</summary>
    internal double Imbalance() => Largest(h =>
    {
        double leaving = _outgoing[h] * _u[h], entering = _incoming[h] * _inverse[h];
        return Math.Abs(leaving - entering) / (leaving + entering);
    });

    /// <summary>The largest |dF/dz| over the units, each relative to how many parameters its scale moves: 0 at the minimum, 1 where everything hangs on one
    /// side.</summary>
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
