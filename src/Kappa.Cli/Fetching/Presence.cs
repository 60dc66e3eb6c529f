namespace Kappa.Cli.Fetching;

/// <summary>What is there of something that can be fetched.</summary>
internal enum PresenceKind
{
    Missing,
    Damaged,
    Intact,
}

/// <summary>What is there of something that can be fetched, and where or what is wrong with it.</summary>
internal sealed record Presence(PresenceKind Kind, string Text)
{
    internal static Presence Missing { get; } = new(PresenceKind.Missing, "");

    /// <summary>A line that says so.</summary>
    internal string Describe() => Kind switch
    {
        PresenceKind.Intact => $"found    {Text}",
        PresenceKind.Damaged => $"damaged  {Text}",
        _ => Text.Length == 0 ? "missing" : $"missing  {Text}",
    };
}
