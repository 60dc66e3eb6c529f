namespace Kappa.Lab.Watching;

/// <summary>What a browser gets.</summary>
/// <param name="ContentType">What it is.</param>
/// <param name="Policy">What the browser may load for it: its Content-Security-Policy.</param>
/// <param name="Content">Its bytes; whoever gets it disposes of it.</param>
public sealed record ServedPage(string ContentType, string Policy, Stream Content)
{
    /// <summary>Whether it is there; otherwise it is a page that says so.</summary>
    public bool IsFound { get; init; } = true;
}
