using System.Runtime.CompilerServices;

namespace Kappa.Cli.Display;

/// <summary>Where a probe stands; it reports from its own thread.</summary>
internal sealed class ProbeBoard : IProgress<ProbeProgress>
{
    // In a box, so that it is read whole.
    private volatile StrongBox<ProbeProgress> _last = new(new("reading the data", default));

    public void Report(ProbeProgress value) => _last = new(value);

    internal double Share() => _last.Value.Solver.Share;

    internal string StatusLine()
    {
        var (stage, solver) = _last.Value;
        if (solver.Products == 0)
            return stage;
        string residual = double.IsNaN(solver.Residual) ? "" : FormattableString.Invariant($", residual {solver.Residual:G2} of the next");
        return FormattableString.Invariant($"{stage}: {100 * Math.Clamp(solver.Share, 0, 1):0}%, {solver.Products} products{residual}");
    }
}
