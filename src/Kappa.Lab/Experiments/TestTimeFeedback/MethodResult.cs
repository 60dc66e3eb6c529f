namespace Kappa.Lab.Experiments.TestTimeFeedback;

/// <summary>The runs of a method.</summary>
/// <param name="Method">The method.</param>
/// <param name="Tuning">Every candidate on the seeds that choose.</param>
/// <param name="ByMetric">The reported seeds with the candidate that the deployed metric chose, in the order of the seeds.</param>
/// <param name="ByLoss">Likewise with the one that the validation loss chose.</param>
/// <param name="AreSame">Whether both chose the same.</param>
internal sealed record MethodResult(
    FeedbackMethod Method, IReadOnlyList<FeedbackRun> Tuning, IReadOnlyList<FeedbackRun> ByMetric, IReadOnlyList<FeedbackRun> ByLoss, bool AreSame)
{
    internal Candidate Chosen => ByMetric[0].Candidate;

    /// <summary>The chosen candidate as tables have it.</summary>
    internal string ChosenText => Chosen.Title + (FeedbackTuning.IsAtEdge(Tuning, Chosen) ? " (edge)" : "");

    /// <summary>The median of the seconds of training.</summary>
    internal double Seconds => Bootstrap.MedianOf([.. ByMetric.Select(run => run.Seconds)]);

    /// <summary>Every run, each once.</summary>
    internal IEnumerable<FeedbackRun> All => [.. Tuning, .. ByMetric, .. AreSame ? [] : ByLoss];

    /// <summary>Those reported, each once.</summary>
    internal IEnumerable<FeedbackRun> Reported => [.. ByMetric, .. AreSame ? [] : ByLoss];
}
