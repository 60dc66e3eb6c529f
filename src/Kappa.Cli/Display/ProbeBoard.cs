namespace Kappa.Cli.Display;

/// <summary>Where a probe stands; it reports from its own thread.</summary>
internal sealed class ProbeBoard(TimeProvider clock) : IProgress<ProbeProgress>
{
    private readonly Lock _lock = new();
    private ProbeProgress _last = new("reading the data", default);
    private Pace _products = new(clock), _shares = new(clock);

    public void Report(ProbeProgress value)
    {
        lock (_lock)
        {
            var (stage, before) = _last;
            if (stage != value.Stage || value.Solver.Products < before.Products || value.Solver.Share < before.Share)
                (_products, _shares) = (new Pace(clock), new Pace(clock));
            _last = value;
            _products.Report(value.Solver.Products);
            _shares.Report(value.Solver.Share);
        }
    }

    internal double Share()
    {
        lock (_lock)
            return _last.Solver.Share;
    }

    internal string StatusLine()
    {
        lock (_lock)
        {
            var (stage, solver) = _last;
            if (solver.Products == 0)
                return stage;
            bool isEigensolver = !double.IsNaN(solver.Residual);
            string residual = isEigensolver ? FormattableString.Invariant($", residual {solver.Residual:G2} of the next") : "";
            string rate = _products.PerSecond is { } perSecond ? FormattableString.Invariant($", {Figures.Short(perSecond)} products/s") : "";
            // An eigensolver does not know how many products it takes.
            string left = !isEigensolver && _shares.SecondsLeft(1) is { } seconds ? $", {Figures.Duration(seconds)} left of this" : "";
            return FormattableString.Invariant(
                $"{stage}: {100 * Math.Clamp(solver.Share, 0, 1):0}%, {solver.Products} products{rate}{residual}{left}");
        }
    }
}
