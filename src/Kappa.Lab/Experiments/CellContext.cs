namespace Kappa.Lab.Experiments;

/// <summary>What a cell may use of the run.</summary>
/// <param name="Folder">A folder of its own, for checkpoints that let it go on after an interruption; removed when the cell is finished. It exists.</param>
/// <param name="PreparedFolder">What the experiment's preparation left, to read.</param>
/// <param name="Cancellation">Ask it between steps; a cell that wrote a checkpoint before it throws goes on from there.</param>
/// <param name="Report">Takes the share that is done, 0 to 1; cheap enough to call at every step.</param>
public sealed record CellContext(string Folder, string PreparedFolder, CancellationToken Cancellation, Action<double> Report);
