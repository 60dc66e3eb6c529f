namespace Kappa.Lab.Experiments;

/// <summary>What a cell may use of the run.</summary>
/// <param name="Work">A folder of its own, for checkpoints that let it go on after an interruption; removed when the cell is finished.</param>
/// <param name="Prepared">What the experiment's preparation left, to read.</param>
/// <param name="Jobs">How many pieces of work the preparation may do at once.</param>
/// <param name="Cancellation">Ask it between steps; a cell that wrote a checkpoint before it throws goes on from there.</param>
/// <param name="Report">Takes the share that is done, 0 to 1; cheap enough to call at every step.</param>
public sealed record CellContext(RunPart Work, RunPart Prepared, int Jobs, CancellationToken Cancellation, Action<double> Report)
{
    /// <summary>Where models are trained and measured.</summary>
    public ComputeSettings Compute { get; init; } = new();
}
