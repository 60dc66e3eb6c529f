namespace Kappa.Lab.Experiments;

/// <summary>The work of an experiment.</summary>
/// <param name="Cells">Independent pieces, with different keys.</param>
/// <param name="Conclude">What the results say.</param>
public sealed record ExperimentPlan(IReadOnlyList<ExperimentCell> Cells, Func<CellResults, Findings> Conclude)
{
    /// <summary>What was read, by name or path, and the SHA-256 of each.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();

    /// <summary>Why it cannot run on this machine, and the way out; null where it can.</summary>
    public string? Unavailable { get; init; }

    /// <summary>What all cells need; runs once before them.</summary>
    public Action<CellContext> Prepare { get; init; } = _ => { };

    /// <summary>Tries some of the work to say how long all of it will take, in one sentence; null where it cannot say. Called before a run begins.</summary>
    public Func<CellContext, string?>? Estimate { get; init; }
}
