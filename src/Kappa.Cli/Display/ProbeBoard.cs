namespace Kappa.Cli.Display;

/// <summary>Where a probe stands; it reports from its own thread.</summary>
internal sealed class ProbeBoard : IProgress<ProbeProgress>
{
    private readonly Lock _lock = new();
    private ProbeProgress _last = new("reading the data", default);

    public void Report(ProbeProgress value)
    {
        lock (_lock)
            _last = value;
    }

    internal double Share() => Last().Solver.Share;

    internal string StatusLine()
    {
        var (stage, solver) = Last();
        if (solver.Products == 0)
            return stage;
        string residual = double.IsNaN(solver.Residual) ? "" : FormattableString.Invariant($", residual {solver.Residual:G2} of the next");
        return FormattableString.Invariant($"{stage}: {100 * Math.Clamp(solver.Share, 0, 1):0}%, {solver.Products} products{residual}");
    }

    private ProbeProgress Last()
    {
        lock (_lock)
            return _last;
    }
}
