namespace Kappa.Lab.Experiments.Curvature;

/// <summary>Says of a solver's progress which share of the cell it is.</summary>
internal sealed class CellProgress(CellContext context, double from, double to) : IProgress<SolverProgress>
{
    public void Report(SolverProgress value) => context.Report(from + ((to - from) * value.Share));
}
