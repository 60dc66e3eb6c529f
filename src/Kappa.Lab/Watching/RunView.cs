namespace Kappa.Lab.Watching;

/// <summary>A run, or what a command found, as somebody sees it who only looks at its folder.</summary>
/// <param name="Place">Its folder, relative to the one that is shown, with <c>/</c> between names; empty for that one itself.</param>
/// <param name="Kind">The command that writes there, such as <c>train</c>; empty where that cannot be read.</param>
/// <param name="Name">What its config calls it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Begun">When it was begun, or what it found was written.</param>
public sealed record RunView(string Place, string Kind, string Name, RunState State, DateTime Begun)
{
    /// <summary>What is damaged or cannot be read; null for nothing.</summary>
    public string? Fault { get; init; }

    /// <summary>How far it is; null where its folder does not say.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>Whether <c>report.html</c> is there.</summary>
    public bool HasReport { get; init; }

    /// <summary>What it was begun with; null where that cannot be read, or there is no such thing.</summary>
    internal RunManifest? Manifest { get; init; }
}
