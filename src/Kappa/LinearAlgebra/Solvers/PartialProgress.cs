namespace Kappa.LinearAlgebra.Solvers;

/// <summary>Passes the progress of the parts of a longer work on as that of the whole: shares within its own, products added up.</summary>
internal sealed class PartialProgress : IProgress<SolverProgress>
{
    private readonly IProgress<SolverProgress> _whole;
    private double _from;
    private double _to;
    private long _before;
    private long _products;

    private PartialProgress(IProgress<SolverProgress> whole) => _whole = whole;

    public void Report(SolverProgress value)
    {
        _products = value.Products;
        _whole.Report(value with { Share = _from + ((_to - _from) * value.Share), Products = _before + value.Products });
    }

    internal static PartialProgress? Of(IProgress<SolverProgress>? whole) => whole is null ? null : new PartialProgress(whole);

    /// <summary>Begins the next part.</summary>
    internal PartialProgress Next(double from, double to)
    {
        (_from, _to) = (from, to);
        _before += _products;
        _products = 0;
        return this;
    }
}
