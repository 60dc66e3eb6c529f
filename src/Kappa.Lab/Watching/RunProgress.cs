namespace Kappa.Lab.Watching;

/// <summary>How far a run is.</summary>
/// <param name="Text">For people, such as <c>120 of 900 steps</c>.</param>
/// <param name="Share">The share that is done, 0 to 1; null where only the end tells.</param>
/// <param name="IsDone">Whether nothing is left to do but the report.</param>
public sealed record RunProgress(string Text, double? Share, bool IsDone)
{
    /// <summary>Of pieces that are counted.</summary>
    /// <param name="done">Those that are done.</param>
    /// <param name="total">All; null where that is not known.</param>
    /// <param name="what">What they are.</param>
    internal static RunProgress Count(long done, long? total, string what) => total is { } all
        ? new(Figures.Say($"{done:N0} of {all:N0} {what}"), all == 0 ? 1 : Math.Min(1, done / (double)all), done >= all)
        : new(Figures.Say($"{done:N0} {what}"), null, true);
}
