namespace Kappa.Cli.Fetching;

/// <summary>One command of a package manager.</summary>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Downloads">What it downloads, for the user.</param>
/// <param name="MayFail">Whether what follows is tried even where it fails.</param>
internal sealed record FetchStep(IReadOnlyList<string> Command, string Downloads, bool MayFail = false)
{
    /// <summary>As it would be typed.</summary>
    internal string Text => string.Join(' ', Command.Select(CommandContext.Quote));
}
