namespace Kappa.Curvature;

/// <summary>Passes the progress of one part of a longer work on as that of the whole.</summary>
internal sealed class PartialProgress : IProgress<SolverProgress>
{
    private readonly IProgress<SolverProgress> _whole;
    private readonly double _from;
    private readonly double _to;

    private PartialProgress(IProgress<SolverProgress> whole, double from, double to) => (_whole, _from, _to) = (whole, from, to);

    public void Report(SolverProgress value) => _whole.Report(value with { Share = _from + ((_to - _from) * value.Share) });

    internal static PartialProgress? Of(IProgress<SolverProgress>? whole, double from, double to) => whole is null ? null : new PartialProgress(whole, from, to);
}
